using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsDownVerb : Verb
{
    private readonly Option<string> _last;
    private readonly Option<string> _reason;
    private readonly Option<bool> _withoutRelease;

    internal MigrationsDownVerb()
    {
        _last = Add(
            new Option<string>("--to")
            {
                HelpName = "VERSION",
                Description = "The migration that stays the last one; 0 for none.",
                Required = true,
            }
        );
        _reason = Add(
            new Option<string>("--reason")
            {
                HelpName = "TEXT",
                Description = "Why; kept in the journal.",
                Required = true,
            }
        );
        _withoutRelease = Add(
            new Option<bool>("--without-release")
            {
                Description = "Migrates a protected environment although its release stays.",
                Arity = ArgumentArity.Zero,
            }
        );
        TakesDatabase();
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
        TakesAcceptDataLoss();
    }

    internal override string Path => "migrations down";

    internal override string Description => "Undoes applied migrations by their ways back, newest first, while the release stays as it is.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy migrations down --to 0006 --reason \"tried it\" --environment Development",
            "deploy migrations down --to 0006 --reason \"tried it\" --environment Staging --dry-run",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new MigrateDownRequest
        {
            To = parse.GetRequiredValue(_last),
            Database = DatabaseName(parse),
            Reason = parse.GetRequiredValue(_reason),
            AcceptDataLoss = AcceptsDataLoss(parse),
            WithoutRelease = IsGiven(parse, _withoutRelease),
            DryRun = IsDryRun(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(await context.Deployer.MigrateDownAsync(request, cancellationToken).ConfigureAwait(false));
    }
}
