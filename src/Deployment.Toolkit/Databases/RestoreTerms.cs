namespace Deployment.Toolkit.Databases;

/// <summary>What the one who restores a backup allows, and what has to be kept.</summary>
/// <param name="Before">The name of the copy that is kept of the database as it was.</param>
/// <param name="Release">Whose database that is.</param>
/// <param name="AcceptsDataLoss">Whether what was written since the backup may go.</param>
/// <param name="EnsureHeldAsync">Throws when somebody else holds the environment by now, who may have migrated what this would
/// replace.</param>
internal sealed record RestoreTerms(
    string Before,
    Release? Release,
    bool AcceptsDataLoss,
    Func<CancellationToken, ValueTask> EnsureHeldAsync
)
{
    private const string ModeKey = "journalMode";

    /// <summary>Whether only what migrations did since goes: then nothing is lost. Otherwise whatever differs is.</summary>
    internal bool TakesMigrationsBack { get; init; }

    /// <summary>What an earlier attempt noted.</summary>
    internal IReadOnlyDictionary<string, string> Noted { get; init; } = new Dictionary<string, string>();

    /// <summary>Notes something for a later attempt, durably.</summary>
    internal Func<string, string, CancellationToken, Task> NoteAsync { get; init; } = static (_, _, _) => Task.CompletedTask;

    /// <summary>Told what it is at, where that takes long.</summary>
    internal Action<string> Told { get; init; } = static _ => { };

    /// <summary>The command that goes on once the cause is gone.</summary>
    internal required string GoOn { get; init; }

    /// <summary>The command that goes on with accepted loss.</summary>
    internal string Accept => GoOn + " --accept-data-loss";

    internal bool WasWriteAhead => Noted.GetValueOrDefault(ModeKey) == "wal";

    internal Task NoteWriteAheadAsync(CancellationToken cancellationToken) => NoteAsync(ModeKey, "wal", cancellationToken);
}
