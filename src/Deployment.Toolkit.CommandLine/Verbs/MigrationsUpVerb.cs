using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsUpVerb : Verb
{
    private readonly Option<string> _last;
    private readonly Option<string> _reason;
    private readonly Option<bool> _withoutRelease;

    internal MigrationsUpVerb()
    {
        _last = Add(
            new Option<string>("--to") { HelpName = "VERSION", Description = "The last migration to apply. Default: all that are pending." }
        );
        _reason = Add(
            new Option<string>("--reason")
            {
                HelpName = "TEXT",
                Description = "Why; kept in the journal. A protected environment wants it.",
            }
        );
        _withoutRelease = Add(
            new Option<bool>("--without-release")
            {
                Description = "Migrates a protected environment although no release comes with it.",
                Arity = ArgumentArity.Zero,
            }
        );
        TakesDatabase("by default all of them, and needed with --to where the app has several");
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "migrations up";

    internal override string Description =>
        "Applies pending migrations and deploys nothing: with backup, lock, gates and journal as 'deploy up' does, which finds them applied then.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy migrations up --environment Staging",
            "deploy migrations up --to 0007 --environment Staging --dry-run",
            "deploy migrations up --reason \"a long backfill, at night\" --environment Production --without-release",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new MigrateUpRequest
        {
            To = parse.GetValue(_last),
            Database = DatabaseName(parse),
            Reason = parse.GetValue(_reason),
            WithoutRelease = IsGiven(parse, _withoutRelease),
            DryRun = IsDryRun(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(
            await context.Deployer.MigrateUpAsync(request, cancellationToken).ConfigureAwait(false),
            isPlanWanted: request.DryRun
        );
    }
}
