namespace Deployment.Toolkit.Databases;

/// <summary>A column as the catalogue has it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Literal">What a row has in it that says nothing of it, as SQL; NULL where that is computed row by row.</param>
/// <param name="IsKey">Whether it is part of the table's key.</param>
/// <param name="IsComputed">Whether it is computed from other columns.</param>
internal sealed record CatalogueColumn(string Name, string Literal, bool IsKey, bool IsComputed);
