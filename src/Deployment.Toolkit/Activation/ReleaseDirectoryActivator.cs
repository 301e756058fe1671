using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Activation;

/// <summary>Puts a release live by a link that names its folder.</summary>
internal sealed class ReleaseDirectoryActivator(
    ReleaseFolders folders,
    ReleaseDirectoryOptions options,
    string contentRoot,
    TimeProvider time,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf
) : ReleaseActivator
{
    private string? Source => options.CopyFrom is null ? null : Path.GetFullPath(options.CopyFrom, contentRoot);

    public override string Description =>
        $"let {folders.Link} name it" + (options.Restart.Count == 0 ? "" : $" and run {string.Join(' ', options.Restart)}");

    public override Task<string?> FindObstacleAsync(Release release, RunKind kind, CancellationToken cancellationToken)
    {
        var folder = folders.Of(release);
        var obstacle =
            Directory.Exists(folder) ? null
            : kind != RunKind.Up || Source is null ? $"there is no folder '{folder}'. Put its published app there."
            : Directory.Exists(Source) ? null
            : $"there is neither a folder '{folder}' nor '{Source}' to copy it from. Correct CopyFrom in UseReleaseDirectory.";
        return Task.FromResult(obstacle);
    }

    public override async Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken)
    {
        var folder = folders.Of(release);
        if (!Directory.Exists(folder) && Source is { } source && release == context.Release)
        {
            folders.Copy(source, folder, cancellationToken);
            context.Write($"copied {source} to {folder}");
        }

        folders.Point(folder);
        if (options.Restart.Count > 0)
            await new CommandStep(
                DeploymentSteps.Activate,
                options.Restart,
                new CommandStepOptions { PassEnvironment = options.PassEnvironment, IsIdempotent = true },
                contentRoot,
                time
            )
                .ExecuteAsync(CommandActivator.For(release, context), cancellationToken)
                .ConfigureAwait(false);
        Boundary.Reached("release directory: restarted");
        await folders.NoteRunningAsync(folder, cancellationToken).ConfigureAwait(false);
        Boundary.Reached("release directory: noted");
        if (context.Plan.Kind == RunKind.Up && release == context.Release)
            await PruneAsync(context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await folders.CurrentAsync(cancellationToken).ConfigureAwait(false) is not { } name)
            return null;

        // A folder that names the version alone is the release of that version.
        var current = Release.Parse(name);
        return current.Commit is null && current.Version == context.Release.Version ? context.Release : current;
    }

    // Good releases count, not recent ones: after many bad ones the last good one is still there. What is on hold is none to go back to,
    // and where a rollback goes by itself comes before what it goes to by name.
    private async Task PruneAsync(StepContext context, CancellationToken cancellationToken)
    {
        var ledger = await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false);
        var stay = ledger
            .WayBack.Reverse()
            .Concat(ledger.Verified.Reverse())
            .Select(static verified => verified.Evidence.Release)
            .Where(release => ledger.HoldOf(release) is null)
            .Distinct()
            .Take(options.Keep)
            .Append(context.Release)
            .Concat(context.PreviousRelease is { } previous ? [previous] : []);
        foreach (var name in folders.Prune(ledger.Runs.Select(static run => run.Plan.Release), stay))
            context.Write($"removed {name}, which is none of the last {options.Keep} good ones");
    }
}
