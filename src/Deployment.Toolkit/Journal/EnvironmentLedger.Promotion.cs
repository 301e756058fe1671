namespace Deployment.Toolkit.Journal;

/// <content>What speaks for a release that wants to enter, and against it.</content>
internal sealed partial class EnvironmentLedger
{
    /// <summary>Whether nothing of it is here, and it is perhaps in a database that another environment's configuration names.</summary>
    internal bool IsElsewhere { get; private set; }

    /// <summary>What people said of releases that want to enter.</summary>
    internal PresentPromotion Promotion { get; } = new();

    /// <summary>The last run by which a release entered; <see langword="null"/> when it isn't here.</summary>
    internal RunLog? EntryOf(Release release) =>
        All
            ._runs.FindLast(run =>
                run is { Kind: RunKind.Up, HasSucceeded: true, Log.Plan: var plan }
                && plan.Release == release
                && plan.MigrationsOnly != true
            )
            ?.Log;

    /// <summary>One without a commit holds every build of its version.</summary>
    internal Hold? HoldOf(Release release) => _holds.Find(hold => hold.Held.Release.Means(release));
}
