using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Preflight;

/// <summary>Whether what puts releases live could put this one live.</summary>
internal sealed class ReleaseCheck : PreflightCheck
{
    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(
        Intention intention,
        CancellationToken cancellationToken
    ) =>
        intention
            is { Kind: RunKind.Up, IsNothingToDo: false, IsMigrationsOnly: false, Release: { } release, Parts.Activator: { } activator }
        && await activator.FindObstacleAsync(release, RunKind.Up, cancellationToken).ConfigureAwait(false) is { } obstacle
            ? [Message(release, obstacle)]
            : [];

    internal static DeploymentMessage Message(Release release, string obstacle) =>
        new(Codes.ReleaseNotThere, $"Release {release} can't be put live: {obstacle}");
}
