namespace Deployment.Toolkit.Databases;

/// <summary>Types of columns.</summary>
/// <param name="Sequence">A whole number that counts up by itself and is the table's key.</param>
/// <param name="Key">A text that can be unique.</param>
/// <param name="Text">A text of any length.</param>
/// <param name="Integer">A whole number of 64 bits.</param>
/// <param name="Real">A floating number of 64 bits.</param>
internal sealed record HistoryTypes(string Sequence, string Key, string Text, string Integer, string Real);
