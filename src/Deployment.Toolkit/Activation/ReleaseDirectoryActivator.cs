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
    LedgerReader ledgers
) : ReleaseActivator
{
    private string? Source => options.CopyFrom is null ? null : Path.GetFullPath(options.CopyFrom, contentRoot);

    public override string Description =>
        $"let {folders.Link} name it" + (options.Restart.Count == 0 ? "" : $" and run {string.Join(' ', options.Restart)}");

    public override async Task<string?> FindObstacleAsync(Release release, RunKind kind, CancellationToken cancellationToken)
    {
        var folder = FolderOf(release, kind == RunKind.Up);
        if (!Directory.Exists(folder))
            return kind != RunKind.Up || Source is null ? $"there is no folder '{folder}'. Put its published app there."
                : Directory.Exists(Source) ? null
                : $"there is neither a folder '{folder}' nor '{Source}' to copy it from. Correct CopyFrom in UseReleaseDirectory.";
        if (kind != RunKind.Up || Source is not { } source || !Directory.Exists(source) || ReleaseFolders.HaveSameCode(source, folder))
            return null;

        var environment = ledgers.Here;
        return await IsVerifiedAsync(release, environment, cancellationToken).ConfigureAwait(false)
            ? $"'{folder}' holds the build of that name that was verified in '{environment.Name}', and '{source}' is another one. Give it a version "
                + "of its own."
            : null;
    }

    public override async Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken)
    {
        var isNew = context.Plan.Kind == RunKind.Up && release == context.Release;
        var folder = FolderOf(release, isNew);
        if (isNew && Source is { } source && await IsCopiedAsync(source, folder, context, cancellationToken).ConfigureAwait(false))
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
        if (isNew)
            await PruneAsync(context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (await folders.CurrentAsync(cancellationToken).ConfigureAwait(false) is not { } name)
            return null;

        return name == Path.GetFileName(FolderOf(context.Release, context.Plan.Kind == RunKind.Up)) ? context.Release : Release.Parse(name);
    }

    // A folder that names the version alone is that of any commit, but for one that comes with a build of its own.
    private string FolderOf(Release release, bool isNew)
    {
        var folder = folders.Of(release);
        return
            isNew
            && Source is { } source
            && Directory.Exists(source)
            && !(Directory.Exists(folder) && ReleaseFolders.HaveSameCode(source, folder))
            ? folders.NewOf(release)
            : folder;
    }

    // What a run left that went back is not what comes now, though it is called the same; what was verified stays what it was.
    private async Task<bool> IsCopiedAsync(string source, string folder, StepContext context, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            return true;
        return Directory.Exists(source)
            && !ReleaseFolders.AreSame(source, folder)
            && !await IsVerifiedAsync(context.Release, context.Environment, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsVerifiedAsync(Release release, DeploymentEnvironment environment, CancellationToken cancellationToken) =>
        (await ledgers.ReadAsync(environment, cancellationToken).ConfigureAwait(false)).Verified.Any(verified =>
            verified.Evidence.Release == release
        );

    // Good releases count, not recent ones: after many bad ones the last good one is still there. What is on hold is none to go back to,
    // and where a rollback goes by itself comes before what it goes to by name.
    private async Task PruneAsync(StepContext context, CancellationToken cancellationToken)
    {
        var ledger = await ledgers.ReadAsync(context.Environment, cancellationToken).ConfigureAwait(false);
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
