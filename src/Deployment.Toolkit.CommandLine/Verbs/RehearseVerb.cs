using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class RehearseVerb : Verb
{
    internal RehearseVerb()
    {
        TakesDatabase("by default all of them, and of tenants the one that goes first");
        TakesTenant();
        TakesAs();
    }

    internal override string Path => "rehearse";

    internal override string Description =>
        "Takes the pending migrations up, back and up again on a copy of the database, and compares schema and rows.";

    internal override IReadOnlyList<string> Examples => ["deploy rehearse --environment Staging"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var report = await Database(context).RehearseAsync(cancellationToken).ConfigureAwait(false);
        var failed = new List<DeploymentMessage>();
        foreach (var migration in report.Migrations)
        {
            if (migration.Verdict is not (RehearsalVerdict.Proven or RehearsalVerdict.NoWayBack))
                failed.Add(new DeploymentMessage(Codes.RehearsalFailed, Text(migration, report)));
        }

        return new VerbReport(report.IsProven ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, context.HostEnvironment, failed)
        {
            Sections = [new RehearsalSection(report.Migrations)],
            Headline =
                report.Migrations.Count == 0 ? $"Nothing to rehearse: no migration is pending in {report.Environment}."
                : report.IsProven
                    ? $"Proven on a copy: {Format.Count(report.Migrations.Count, "migration")} of release {report.Release} (plan {report.PlanHash![..12]})."
                : $"Not proven: {Format.Count(report.Migrations.Count, "migration")} tried on a copy, {report.NotTried} not tried after that.",
        };
    }

    private static string Text(RehearsedMigration migration, RehearsalReport report)
    {
        var title =
            $"{MigrationVersion.Title(migration.Version, migration.Name)}{(migration.Tenant is { } tenant ? $" of tenants '{migration.Database}', tried on '{tenant}',"
                    : migration.Database is { } database ? $" of database '{database}'"
                    : "")}";
        var mend = $"Correct it and run 'deploy rehearse --environment {report.Environment}' again.";
        return migration.Verdict switch
        {
            RehearsalVerdict.WayBackDiffers =>
                $"The way back of migration {title} leaves another schema or other rows than there were. {mend} Or say that it can't "
                    + "be taken back: '-- irreversible: why' in a script, [Irreversible(\"why\")] on a class.",
            RehearsalVerdict.WayBackFailed => $"The way back of migration {title} fails: {migration.Failure} {mend}",
            RehearsalVerdict.NotRepeatable when migration.Failure is { } failure =>
                $"Migration {title} can't be applied again after its way back: {failure} {mend}",
            RehearsalVerdict.NotRepeatable => $"Migration {title} makes another schema when it is applied again after its way back. {mend}",
            _ => $"Migration {title} fails: {migration.Failure} {mend}",
        };
    }
}
