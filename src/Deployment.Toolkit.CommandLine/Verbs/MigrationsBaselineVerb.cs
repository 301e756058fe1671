using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsBaselineVerb : Verb
{
    private readonly Argument<string?> _version;
    private readonly Option<string> _from;
    private readonly Option<string> _reason;

    internal MigrationsBaselineVerb()
    {
        _version = Add(
            new Argument<string?>("VERSION")
            {
                Description = "The last migration that the database has: it and all below count as applied.",
                Arity = ArgumentArity.ZeroOrOne,
            }
        );
        _from = Add(
            new Option<string>("--from")
            {
                HelpName = "TOOL",
                Description = "Instead of VERSION, whose history says it: dbup, fluentmigrator, flyway, evolve or ef.",
            }
        );
        _reason = Add(
            new Option<string>("--reason") { HelpName = "TEXT", Description = "Why; kept in the journal. Needed unless --dry-run." }
        );
        TakesDryRun("Says what would count as applied; nothing is changed.");
        TakesLockTimeout();
        TakesAs();
        TakesDatabase();
        TakesTenant();
    }

    internal override string Path => "migrations baseline";

    internal override string Description =>
        "Lets migrations that the database has already count as applied, without running them: the first step with a database that another "
        + "tool migrated until now.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy migrations baseline --from dbup --environment Staging --dry-run",
            "deploy migrations baseline --from dbup --environment Staging --reason \"DbUp migrated it until now\"",
            "deploy migrations baseline 0007 --environment Staging --reason \"was made by hand\"",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var isDry = IsDryRun(context.Parse);
        var result = await Database(context)
            .BaselineAsync(
                new BaselineRequest
                {
                    Version = context.Parse.GetValue(_version),
                    From = context.Parse.GetValue(_from),
                    Reason = context.Parse.GetValue(_reason),
                    DryRun = isDry,
                    LockTimeout = LockTimeout(context.Parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Sections = result.Migrations is { } migrations ? [new MigrationsSection(migrations)] : [],
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo => "Nothing to do.",
                DeploymentOutcome.Succeeded => isDry
                    ? "Not changed; this is how it would be:"
                    : $"Succeeded: {result.Environment} goes on from there.",
                _ => null,
            },
        };
    }
}
