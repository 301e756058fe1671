namespace Deployment.Toolkit.Secrets;

/// <summary>What a source answers.</summary>
/// <param name="Value">The value.</param>
public sealed record SecretValue(Secret Value)
{
    /// <summary>The version's label in its source, for reports; <see langword="null"/> when the source keeps no versions.</summary>
    public string? Version { get; init; }

    /// <summary>When the value stops being good; <see langword="null"/> when it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
