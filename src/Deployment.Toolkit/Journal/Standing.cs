namespace Deployment.Toolkit.Journal;

/// <summary>A part of a journal that went to an archive.</summary>
internal sealed record Archived(JournalArchived Part, DateTimeOffset Time);

/// <summary>Nothing enters an environment until somebody thaws it.</summary>
internal sealed record Freeze(EnvironmentFrozen Frozen, DateTimeOffset Time, JournalRecord Record);

/// <summary>A release that may not be deployed or promoted until somebody releases the hold.</summary>
internal sealed record Hold(ReleaseHeld Held, DateTimeOffset Time, JournalRecord Record);
