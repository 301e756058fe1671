namespace Deployment.Toolkit;

/// <summary>
/// Says that a list of an options type may be written as a single value too: in a variable (<c>Content__Tags=a,b</c>), on the command
/// line or in a file. Without it a single value where a list belongs is a fault.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SingleOrManyAttribute : Attribute
{
    /// <summary>The value is the list's one element.</summary>
    public SingleOrManyAttribute() { }

    /// <summary>The value is cut into elements.</summary>
    /// <param name="separator">What stands between them, for example <c>,</c>; blanks around an element are dropped.</param>
    public SingleOrManyAttribute(string separator)
    {
        ArgumentException.ThrowIfNullOrEmpty(separator);
        Separator = separator;
    }

    /// <summary>What stands between elements; <see langword="null"/> when the value is one element.</summary>
    public string? Separator { get; }
}
