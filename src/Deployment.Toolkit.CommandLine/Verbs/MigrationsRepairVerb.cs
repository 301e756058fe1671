using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsRepairVerb : Verb
{
    private readonly Argument<string> _version;
    private readonly Option<string> _reason;
    private readonly Option<bool> _dryRun;

    internal MigrationsRepairVerb()
    {
        _version = Add(new Argument<string>("VERSION") { Description = "The migration's version, with or without its name." });
        _reason = Add(
            new Option<string>("--reason") { HelpName = "TEXT", Description = "Why; kept in the journal. Needed unless --dry-run." }
        );
        _dryRun = Add(new Option<bool>("--dry-run") { Description = "Shows the difference only; nothing is changed." });
        TakesAs();
        TakesDatabase();
        TakesTenant();
    }

    internal override string Path => "migrations repair";

    internal override string Description => "Takes the corrected way back of an applied migration into the database's history.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy migrations repair 0003 --environment Staging --dry-run",
            "deploy migrations repair 0003 --environment Staging --reason \"the down script dropped an index that was never made\"",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var isDry = context.Parse.GetValue(_dryRun);
        var result = await Database(context)
            .RepairMigrationAsync(context.Parse.GetRequiredValue(_version), context.Parse.GetValue(_reason) ?? "", isDry, cancellationToken)
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo => "Nothing to do.",
                DeploymentOutcome.Succeeded => isDry
                    ? "Not changed; this is the difference:"
                    : "Repaired. A run that waits for it goes on with 'deploy resume'.",
                _ => null,
            },
        };
    }
}
