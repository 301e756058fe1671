using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class BackupCreateVerb : Verb
{
    internal override string Path => "backup create";

    internal override string Description => "Copies the database and verifies the copy by opening it.";

    internal override IReadOnlyList<string> Examples => ["deploy backup create --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var backup = await context.Database.CreateBackupAsync(cancellationToken).ConfigureAwait(false);
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Sections = [new BackupsSection([backup])],
            Headline = $"Taken and verified. Put it back with: deploy backup restore {backup.Name} --environment {context.HostEnvironment}",
        };
    }
}
