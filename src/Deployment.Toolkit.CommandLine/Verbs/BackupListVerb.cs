using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class BackupListVerb : Verb
{
    internal BackupListVerb()
    {
        TakesDatabase("by default all of them");
        TakesTenant();
    }

    internal override string Path => "backup list";

    internal override string Description => "Lists the verified backups of the environment, newest first.";

    internal override IReadOnlyList<string> Examples => ["deploy backup list --environment Staging"];

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var backups = Database(context).GetBackups();
        return Task.FromResult(
            new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
            {
                Sections = [new BackupsSection(backups)],
                Headline =
                    backups.Count == 0
                        ? $"{context.HostEnvironment} has no backups."
                        : $"{Format.Count(backups.Count, "verified backup")} of {context.HostEnvironment}, newest first.",
            }
        );
    }
}
