using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Composition;

/// <summary>A journal as it reads without its lock, and whether a living process holds that lock.</summary>
internal sealed record LedgerView(EnvironmentLedger Ledger, bool IsLocked)
{
    /// <summary>The open run that somebody is working on; one without is interrupted.</summary>
    internal RunLog? UnderWay => IsLocked ? Ledger.OpenRun : null;

    /// <summary>Who holds the lock, and for which verb; <see langword="null"/> when nobody does.</summary>
    internal string? Holder =>
        !IsLocked ? null
        : Ledger.LastHolder is { } last ? $"{last.Holder} (deploy {last.Verb})"
        : "another process";

    /// <summary>Looks at both in an order in which a run that ends meanwhile is never called interrupted.</summary>
    internal static async Task<LedgerView> LookAsync(
        JournalStore journal,
        Func<CancellationToken, ValueTask<EnvironmentLedger>> read,
        CancellationToken cancellationToken
    )
    {
        await using var together = journal.LookTogether();
        for (var before = await read(cancellationToken).ConfigureAwait(false); ; )
        {
            var isLocked = await journal.IsHeldAsync(cancellationToken).ConfigureAwait(false);
            if (!isLocked && before.OpenRun is null)
                return new LedgerView(before, false);

            var after = await read(cancellationToken).ConfigureAwait(false);
            // A lock that is free tells something of the run only when nothing was written around that moment.
            if (isLocked || after.Count == before.Count)
                return new LedgerView(after, isLocked);
            before = after;
        }
    }
}
