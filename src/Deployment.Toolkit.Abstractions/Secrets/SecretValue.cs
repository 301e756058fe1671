namespace Deployment.Toolkit.Secrets;

/// <summary>What a source answers.</summary>
public sealed record SecretValue
{
    /// <summary>Makes one.</summary>
    /// <param name="value">The value.</param>
    public SecretValue(Secret value) => Value = value;

    /// <summary>The value.</summary>
    public Secret Value { get; init; }

    /// <summary>The version's label in its source, for reports; <see langword="null"/> when the source keeps no versions.</summary>
    public string? Version { get; init; }

    /// <summary>When the value stops being good; <see langword="null"/> when it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
