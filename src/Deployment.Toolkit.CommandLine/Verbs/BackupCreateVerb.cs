using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class BackupCreateVerb : Verb
{
    internal BackupCreateVerb()
    {
        TakesDatabase("by default each of them");
        TakesTenant();
    }

    internal override string Path => "backup create";

    internal override string Description => "Copies the database and verifies the copy by opening it.";

    internal override IReadOnlyList<string> Examples => ["deploy backup create --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var names = DatabaseName(context.Parse) is null && Tenant(context.Parse) is null ? context.Database.Names : [];
        if (names.Count > 1)
        {
            var backups = new List<BackupInfo>();
            foreach (var name in names)
                backups.Add(await context.Database.Of(name).CreateBackupAsync(cancellationToken).ConfigureAwait(false));
            return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
            {
                Sections = [new BackupsSection(backups)],
                Headline =
                    $"Taken and verified, {backups.Count} databases one after the other. Put one back with 'deploy backup restore NAME "
                    + $"--database DATABASE --environment {context.HostEnvironment}'.",
            };
        }

        var backup = await Database(context).CreateBackupAsync(cancellationToken).ConfigureAwait(false);
        var of =
            (backup.Database is { } database ? $" --database {database}" : "")
            + (backup.Tenant is { } tenant ? $" --tenant {DatabaseKey.Quoted(tenant)}" : "");
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Sections = [new BackupsSection([backup])],
            Headline =
                $"Taken and verified. 'deploy backup restore {backup.Name}{of} --environment {context.HostEnvironment}' puts it back.",
        };
    }
}
