namespace Deployment.Toolkit;

/// <summary>A value of the configuration that counts, and where it comes from.</summary>
public sealed record ConfigurationValue
{
    /// <summary>The key, with <c>:</c> between its segments.</summary>
    public required string Key { get; init; }

    /// <summary>The value as it is written; <see langword="null"/> when it is hidden.</summary>
    public string? Value { get; init; }

    /// <summary>
    /// The source for people: <c>appsettings.json</c>, <c>environment variable Content__MaxItems</c>, <c>command line
    /// --Content:MaxItems</c>, <c>code</c>.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>Whether the value is hidden, because it is a secret, holds one, or may be one.</summary>
    public bool IsRedacted { get; init; }

    /// <summary>The file, as a path from the content root; <see langword="null"/> when it comes from no file.</summary>
    public string? File { get; init; }

    /// <summary>The line, from 1.</summary>
    public int? Line { get; init; }

    /// <summary>The column, from 1, in characters.</summary>
    public int? Column { get; init; }

    /// <summary>What weaker sources say of the key, the strongest of them first.</summary>
    public IReadOnlyList<ConfigurationValue> Shadows { get; init; } = [];
}
