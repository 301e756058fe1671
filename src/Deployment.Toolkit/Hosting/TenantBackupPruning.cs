using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Hosting;

/// <summary>Removes backups of tenants that nothing needs, tenant by tenant: each keeps as many as was said.</summary>
internal sealed class TenantBackupPruning(
    DeploymentPartsFactory factory,
    DeploymentEnvironment environment,
    PruneBackupsRequest request,
    TenantFleet fleet
)
{
    private const int MostNamed = 5;

    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        var tenants = await fleet.FindAsync(cancellationToken).ConfigureAwait(false);
        var known = tenants.Select(static tenant => tenant.Shown).ToHashSet(StringComparer.Ordinal);
        var backedUp = fleet.ListBackups().Select(static backup => backup.Tenant ?? "").Distinct(StringComparer.Ordinal).ToList();
        var outcomes = new List<DeploymentOutcome>();
        var messages = new List<DeploymentMessage>();
        var decisions = new List<BackupDecision>();
        foreach (var tenant in backedUp.Where(known.Contains).Order(StringComparer.Ordinal))
        {
            try
            {
                var result = await new BackupPruning(factory, environment, request, fleet.Name, tenant)
                    .RunAsync(cancellationToken)
                    .ConfigureAwait(false);
                outcomes.Add(result.Outcome);
                messages.AddRange(result.Messages);
                decisions.AddRange(result.Backups ?? []);
            }
            catch (DeploymentException e) when (e.Messages[0].Code != Codes.RunUnfinished)
            {
                // What keeps one from being looked at says nothing of the others.
                messages.AddRange(e.Messages.Select(static message => message with { Severity = MessageSeverity.Warning }));
            }
        }

        var gone = backedUp.Where(tenant => !known.Contains(tenant)).Order(StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
            messages.Add(
                new DeploymentMessage(
                    Codes.BackupNotPruned,
                    $"Backups of {string.Join(", ", gone.Take(MostNamed).Select(static tenant => $"'{FoundTenant.Show(tenant)}'"))}"
                        + $"{(gone.Count > MostNamed ? $" and {gone.Count - MostNamed} more" : "")} were not touched: these are no tenants of '{fleet.Name}' any "
                        + $"more. Where nobody needs them, remove their folders by hand; 'deploy backup list{fleet.Key.Option} --output json' has the paths.",
                    MessageSeverity.Warning
                )
            );
        return new DeploymentResult
        {
            Outcome =
                outcomes.Contains(DeploymentOutcome.NeedsAttention) ? DeploymentOutcome.NeedsAttention
                : outcomes.Contains(DeploymentOutcome.Succeeded) ? DeploymentOutcome.Succeeded
                : DeploymentOutcome.NothingToDo,
            Environment = environment.Name,
            Messages = messages,
            Backups = decisions,
        };
    }
}
