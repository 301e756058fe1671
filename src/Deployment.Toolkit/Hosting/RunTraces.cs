using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Isolation;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Hosting;

/// <summary>What a run that succeeded leaves for other environments to see: stamps in its databases, and on record what it has.</summary>
internal sealed class RunTraces(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    /// <param name="session">The journal's.</param>
    /// <param name="run">The run.</param>
    /// <param name="databases">What it was about.</param>
    /// <param name="tenants">Those whose databases it may have migrated.</param>
    /// <param name="keep">Tries it, and logs what can't be left.</param>
    internal async Task LeaveAsync(
        JournalSession session,
        RunLog run,
        IReadOnlyList<DatabaseParts> databases,
        IReadOnlyList<TenantFleet> tenants,
        Func<string, Func<CancellationToken, Task>, Task> keep
    )
    {
        // A run that changed nothing or is not finished leaves the database alone.
        if (run.State != RunState.Succeeded)
            return;

        var journal = session.Head.Journal!;
        foreach (var each in databases)
            await keep(
                    "the database's stamp",
                    token => DatabaseStamps.EnsureAsync(each.Database, journal, environment.Name, factory.Time.GetUtcNow(), token)
                )
                .ConfigureAwait(false);
        foreach (var fleet in tenants)
            await StampAsync(fleet, run, journal, keep).ConfigureAwait(false);
        if (factory.Services.GetRequiredService<IsolationLook>() is { IsDeclared: true } look)
            await keep("what the environment has", token => ObserveAsync(session, look, token)).ConfigureAwait(false);
    }

    // Those that it had nothing to do in are left alone: there may be thousands.
    private async Task StampAsync(TenantFleet fleet, RunLog run, string journal, Func<string, Func<CancellationToken, Task>, Task> keep)
    {
        var migrated = run.Find(fleet.Key.Step(DeploymentSteps.Migrate))
            ?.Tenants.Where(static tenant => tenant.Outcome == TenantOutcome.Migrated)
            .Select(static tenant => tenant.Id)
            .ToHashSet(StringComparer.Ordinal);
        if (migrated is not { Count: > 0 })
            return;

        IReadOnlyList<FoundTenant> found = [];
        await keep($"who is to be stamped of '{fleet.Name}'", async token => found = await fleet.FindAsync(token).ConfigureAwait(false))
            .ConfigureAwait(false);
        await fleet
            .StampAsync(found.Where(tenant => migrated.Contains(tenant.Shown)), journal, environment.Name, keep, CancellationToken.None)
            .ConfigureAwait(false);
    }

    private static async Task ObserveAsync(JournalSession session, IsolationLook look, CancellationToken cancellationToken)
    {
        if (await look.ObserveAsync(session.Ledger, cancellationToken).ConfigureAwait(false) is { } observed)
            await session
                .AppendAsync(null, JournalKinds.IsolationObserved, observed, JournalJson.Default.IsolationObserved)
                .ConfigureAwait(false);
    }
}
