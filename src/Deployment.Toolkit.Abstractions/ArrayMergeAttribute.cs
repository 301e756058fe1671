namespace Deployment.Toolkit;

/// <summary>
/// Says how a collection of an options type is merged over configuration files. Environment variables and the command line have no
/// arrays: they change single elements, by index, of what the files give.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class ArrayMergeAttribute : Attribute
{
    /// <summary>Merges without looking into the elements.</summary>
    /// <param name="merge"><see cref="ArrayMerge.Replace"/> or <see cref="ArrayMerge.Append"/>.</param>
    /// <exception cref="ArgumentException"><see cref="ArrayMerge.ByKey"/> needs a key.</exception>
    public ArrayMergeAttribute(ArrayMerge merge)
    {
        if (merge == ArrayMerge.ByKey)
            throw new ArgumentException("Merging by key needs the key: write [ArrayMerge(\"Name\")].", nameof(merge));
        Merge = merge;
    }

    /// <summary>Merges elements that have the same value under a key.</summary>
    /// <param name="key">The key in each element, for example <c>Name</c>; compared without case, its values with it.</param>
    public ArrayMergeAttribute(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        (Merge, Key) = (ArrayMerge.ByKey, key);
    }

    /// <summary>How to merge.</summary>
    public ArrayMerge Merge { get; }

    /// <summary>The key of <see cref="ArrayMerge.ByKey"/>; otherwise <see langword="null"/>.</summary>
    public string? Key { get; }
}
