namespace Deployment.Toolkit.Environments;

/// <summary>A list that is equal to another of the same items: what is declared twice in the same words is declared once.</summary>
internal sealed class EqualList<T>(IReadOnlyList<T> items) : IEquatable<EqualList<T>>
{
    internal static readonly EqualList<T> Empty = new([]);

    internal IReadOnlyList<T> Items => items;

    internal EqualList<T> With(T item) => new([.. items, item]);

    public bool Equals(EqualList<T>? other) => other is not null && items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => Equals(obj as EqualList<T>);

    public override int GetHashCode() => items.Count;
}
