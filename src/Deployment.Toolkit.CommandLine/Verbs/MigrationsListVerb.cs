using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsListVerb : Verb
{
    internal MigrationsListVerb()
    {
        TakesDatabase("by default all of them");
        TakesTenant();
    }

    internal override string Path => "migrations list";

    internal override string Description => "Lists every migration that this binary has or the database's history names.";

    internal override IReadOnlyList<string> Examples => ["deploy migrations list --environment Staging"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var migrations = await Database(context).GetMigrationsAsync(cancellationToken).ConfigureAwait(false);
        var pending = 0;
        foreach (var migration in migrations)
        {
            if (!migration.IsApplied)
                pending++;
        }

        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Sections = [new MigrationsSection(migrations)],
            Headline =
                migrations.Count == 0
                    ? "There are no migrations."
                    : $"{Format.Count(migrations.Count, "migration")}, of which {pending} pending in {context.HostEnvironment}.",
        };
    }
}
