using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tenants;

/// <summary>What a run says of tenants when it ends.</summary>
internal static class TenantMessages
{
    private const int MostNamed = 5;

    /// <summary>A step that stays as it is, with the tenants in whose databases it does.</summary>
    internal static string Kept(StepLog step) =>
        step.Tenants.Where(static tenant => tenant.Outcome == TenantOutcome.Migrated).Select(static tenant => tenant.Id).ToList()
            is { Count: > 0 } ids
            ? $"{step.Planned.Name} in {Named(ids)}"
            : step.Planned.Name;

    /// <summary>Those that were begun and went: nobody else tells of them any more.</summary>
    internal static IEnumerable<DeploymentMessage> Gone(RunLog run)
    {
        foreach (var step in run.Steps)
        {
            var gone = step
                .Tenants.Where(static tenant => tenant.Outcome == TenantOutcome.Gone)
                .Select(static tenant => tenant.Id)
                .ToList();
            if (gone.Count == 0)
                continue;

            var name = step.Planned.Name[(step.Planned.Name.LastIndexOf(':') + 1)..];
            yield return new DeploymentMessage(
                Codes.TenantsFailed,
                $"{(gone.Count == 1 ? "Tenant" : $"{gone.Count} tenants")} {Named(gone)} of '{name}' had been begun by run {run.Id} and "
                    + $"{(gone.Count == 1 ? "is no tenant" : "are no tenants")} any more: what was done there stays, half of a "
                    + "migration too. Before "
                    + $"such a one is used again, have it found again and run 'deploy migrations up --database {name} --environment "
                    + $"{run.Plan.Environment}' with a binary of release {run.Plan.Release}, which goes on there.",
                MessageSeverity.Warning
            );
        }
    }

    /// <summary>Some of them, and how many more.</summary>
    internal static string Named(IReadOnlyCollection<string> ids) =>
        string.Join(", ", ids.Order(StringComparer.Ordinal).Take(MostNamed).Select(static id => $"'{id}'"))
        + (ids.Count > MostNamed ? $" and {ids.Count - MostNamed} more" : "");
}
