using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class UpVerb : Verb
{
    internal UpVerb()
    {
        TakesRelease();
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "up";

    internal override string Description =>
        "Brings the release into the environment: configuration, backup, migrations, activation, health; takes it all back when "
        + "something fails. Goes on with an interrupted run of the same release.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy up --environment Staging",
            "deploy up --environment Production --lock-timeout 10m",
            "deploy up --environment Staging --dry-run",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var isDryRun = IsDryRun(parse);
        var result = isDryRun
            ? await context.Deployer.PlanAsync(new PlanRequest { Release = Release(parse) }, cancellationToken).ConfigureAwait(false)
            : await context
                .Deployer.UpAsync(
                    new UpRequest
                    {
                        Release = Release(parse),
                        LockTimeout = LockTimeout(parse),
                        Progress = context.Progress,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        return RunSection.Report(result, isPlanWanted: isDryRun);
    }
}
