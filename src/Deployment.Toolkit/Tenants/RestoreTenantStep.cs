using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tenants;

/// <summary>Puts a backup in the place of one tenant's database. Whose it is, the plan says.</summary>
internal sealed class RestoreTenantStep(TenantFleet fleet, JournalSession? session) : DeploymentStep
{
    public override string Name => fleet.Key.Step(RestoreBackupStep.StepName);

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var planned = Planned(context);
        return ValueTask.FromResult(
            new StepDescription($"replace database '{planned.Name}' by backup {planned.Backup}")
            {
                Inputs = new Dictionary<string, string> { ["backup"] = planned.Backup ?? "", ["database"] = planned.Name },
            }
        );
    }

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        await (await StepAsync(context, cancellationToken).ConfigureAwait(false))
            .ExecuteAsync(context, cancellationToken)
            .ConfigureAwait(false);

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        await (await StepAsync(context, cancellationToken).ConfigureAwait(false))
            .ProbeAsync(context, cancellationToken)
            .ConfigureAwait(false);

    private async Task<RestoreBackupStep> StepAsync(StepContext context, CancellationToken cancellationToken)
    {
        var tenant = Planned(context).Name[(fleet.Name.Length + 1)..];
        var (_, backups) = await fleet.OpenAsync(tenant, cancellationToken).ConfigureAwait(false);
        return new RestoreBackupStep(backups, session);
    }

    private static PlannedDatabase Planned(StepContext context) => context.Plan.Databases![0];
}
