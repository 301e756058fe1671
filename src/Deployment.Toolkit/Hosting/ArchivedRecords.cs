namespace Deployment.Toolkit;

/// <summary>A part of a journal that went to an archive.</summary>
public sealed record ArchivedRecords
{
    /// <summary>The archive's name when it was written.</summary>
    public required string File { get; init; }

    /// <summary>The SHA-256 of its content, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The number of its first record.</summary>
    public required long First { get; init; }

    /// <summary>The number of its last.</summary>
    public required long Last { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who had it written.</summary>
    public required string By { get; init; }
}
