namespace Deployment.Toolkit.Settings;

/// <summary>
/// One value of a source with its place there. Line and column count from 1, in characters; 0 where the source has no lines.
/// </summary>
internal sealed record TableValue(string Key, string? Value, int Line, int Column)
{
    /// <summary>The value's own file, where a source has one for each.</summary>
    internal string? File { get; init; }

    /// <summary>The variable that it comes from, where the key doesn't tell.</summary>
    internal string? Variable { get; init; }
}
