using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class BackupRestoreVerb : Verb
{
    private readonly Argument<string> _name;

    internal BackupRestoreVerb()
    {
        _name = Add(new Argument<string>("NAME") { Description = "The backup's name, as 'deploy backup list' shows it." });
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
        TakesAcceptDataLoss();
        TakesDatabase();
        TakesTenant();
    }

    internal override string Path => "backup restore";

    internal override string Description => "Puts a backup in the live database's place, after a copy of the live one was taken.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy backup restore manual-20261121-034351-123 --environment Staging --dry-run",
            "deploy backup restore manual-20261121-034351-123 --environment Staging --accept-data-loss",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new RestoreRequest
        {
            AcceptDataLoss = AcceptsDataLoss(parse),
            DryRun = IsDryRun(parse),
            Database = DatabaseName(parse),
            Tenant = Tenant(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(
            await context.Deployer.RestoreAsync(parse.GetRequiredValue(_name), request, cancellationToken).ConfigureAwait(false)
        );
    }
}
