namespace Deployment.Toolkit;

/// <summary>How an array that several configuration files give becomes one.</summary>
public enum ArrayMerge
{
    /// <summary>The strongest file's array counts alone; an empty one clears. The default: .NET itself mixes elements by index.</summary>
    Replace,

    /// <summary>The arrays of all files follow each other, weakest file first; an empty one clears what is weaker.</summary>
    Append,

    /// <summary>
    /// Elements with the same value under a key are one element, whose keys the stronger file overrides; others follow each other.
    /// </summary>
    ByKey,
}
