namespace Deployment.Toolkit.Migrations;

/// <summary>A content of a repeatable script that was applied.</summary>
/// <param name="Sequence">Its place among all of them.</param>
/// <param name="Version">The script, for example <c>R__views</c>.</param>
/// <param name="Checksum">The content's.</param>
/// <param name="File">Where it stood.</param>
/// <param name="Run">The run that applied it.</param>
internal sealed record AppliedRepeatable(long Sequence, string Version, string Checksum, string File, string Run)
{
    /// <summary>Whether the content is kept, so that what comes after it can be taken back.</summary>
    internal bool HasText { get; init; }

    /// <summary>Whether a way back is kept.</summary>
    internal bool HasDown { get; init; }

    /// <summary>Why nothing takes it back.</summary>
    internal string? Irreversible { get; init; }

    /// <summary>Whether it was begun, where each statement is committed by itself, and isn't known to have ended.</summary>
    internal bool IsBegun { get; init; }

    /// <summary>When (UTC), as text that is in order.</summary>
    internal string AppliedAt { get; init; } = "";

    /// <summary>What its way back would remove of what migrations made, see <see cref="AppliedMigration.AtStake"/>.</summary>
    internal string? AtStake { get; init; }

    /// <summary>What the tables held before it and what it changed, where that was noted.</summary>
    internal (string Before, string Changes)? Contents { get; init; }

    internal string Name => MigrationVersion.ParseRepeatable(Version + ".sql")?.Name ?? Version;
}

/// <summary>What repeatable scripts have left in a database, in the order in which it was applied.</summary>
internal sealed class AppliedRepeatables(IReadOnlyList<AppliedRepeatable> rows)
{
    internal static readonly AppliedRepeatables None = new([]);

    internal IReadOnlyList<AppliedRepeatable> Rows => rows;

    internal IEnumerable<string> Versions => rows.Select(static row => row.Version).Distinct(StringComparer.Ordinal);

    /// <summary>Whether one was cut off.</summary>
    internal bool IsBegun(string version) => rows.Any(row => row.IsBegun && row.Version == version);

    /// <summary>The content that is applied now; <see langword="null"/> when none is.</summary>
    internal AppliedRepeatable? Current(string version) => rows.LastOrDefault(row => row.Version == version && !row.IsBegun);

    /// <summary>The last one, which may have been cut off.</summary>
    internal AppliedRepeatable? Last(string version) => rows.LastOrDefault(row => row.Version == version);

    /// <summary>The newest of some content below another.</summary>
    internal AppliedRepeatable? Below(AppliedRepeatable row, string checksum) =>
        rows.LastOrDefault(other =>
            other.Version == row.Version && other.Sequence < row.Sequence && !other.IsBegun && other.Checksum == checksum
        );

    /// <summary>Those that are applied after a content, or all of a script.</summary>
    internal IEnumerable<AppliedRepeatable> After(string version, AppliedRepeatable? target) =>
        rows.Where(row => row.Version == version && row.Sequence > (target?.Sequence ?? long.MinValue));
}
