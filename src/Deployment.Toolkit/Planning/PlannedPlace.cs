using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Planning;

/// <summary>What a plan was made for: one environment, by its journal, and databases, by their stamps. Elsewhere it is refused.</summary>
internal static class PlannedPlace
{
    /// <summary>Takes down what the plan is made for.</summary>
    internal static async Task<DeploymentPlan> WithAsync(
        DeploymentPlan plan,
        DeploymentParts parts,
        string? journal,
        CancellationToken cancellationToken
    )
    {
        var stamps = await StampsAsync(parts, cancellationToken).ConfigureAwait(false);
        return plan with { EnvironmentId = journal, Stamps = stamps.Count == 0 ? null : stamps };
    }

    /// <summary>Refuses a plan that was made for another environment, or for other databases.</summary>
    internal static async Task EnsureAsync(DeploymentPlan plan, DeploymentParts parts, string? journal, CancellationToken cancellationToken)
    {
        var here = parts.Environment.Name;
        if (!plan.Environment.Equals(here, StringComparison.OrdinalIgnoreCase))
            throw Refused($"is that of '{VisibleText.Line(plan.Environment)}'", here);
        if (plan.EnvironmentId is { } made && made != journal)
            throw Refused("is that of another journal, of an environment of the same name", here);
        if (plan.Stamps is not { } planned)
            return;

        // A backup from before the stamp leaves none.
        foreach (var stamp in await StampsAsync(parts, cancellationToken).ConfigureAwait(false))
        {
            if (!planned.Contains(stamp, StringComparer.Ordinal))
                throw Refused("was made for other databases than the environment has now", here);
        }
    }

    private static async Task<IReadOnlyList<string>> StampsAsync(DeploymentParts parts, CancellationToken cancellationToken)
    {
        var stamps = new List<string>();
        foreach (var each in parts.Databases)
        {
            try
            {
                if (await DatabaseStamps.ReadAsync(each.Database, cancellationToken).ConfigureAwait(false) is { } stamp)
                    stamps.Add(stamp.Id);
            }
            catch (DbException)
            {
                // A damaged one may be about to be replaced.
            }
        }

        return stamps;
    }

    private static DeploymentException Refused(string whose, string here) =>
        DeploymentException.Refused(
            Codes.PlanOfOther,
            $"The plan that '{here}' is to go on with {whose}: a plan is carried out where it was made alone. Nothing was changed. Look at 'deploy "
                + $"verify-journal --environment {here}', and put the environment's own journal and database back."
        );
}
