using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Isolation;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Hosting;

/// <summary>What a run that succeeded leaves for other environments to see: stamps in its databases, and on record what it has.</summary>
internal sealed class RunTraces(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    /// <param name="session">The journal's.</param>
    /// <param name="run">The run.</param>
    /// <param name="databases">What it was about.</param>
    /// <param name="keep">Tries it, and logs what can't be left.</param>
    internal async Task LeaveAsync(
        JournalSession session,
        RunLog run,
        IReadOnlyList<DatabaseParts> databases,
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
        if (factory.Services.GetRequiredService<IsolationLook>() is { IsDeclared: true } look)
            await keep("what the environment has", token => ObserveAsync(session, look, token)).ConfigureAwait(false);
    }

    private static async Task ObserveAsync(JournalSession session, IsolationLook look, CancellationToken cancellationToken)
    {
        if (await look.ObserveAsync(session.Ledger, cancellationToken).ConfigureAwait(false) is { } observed)
            await session
                .AppendAsync(null, JournalKinds.IsolationObserved, observed, JournalJson.Default.IsolationObserved)
                .ConfigureAwait(false);
    }
}
