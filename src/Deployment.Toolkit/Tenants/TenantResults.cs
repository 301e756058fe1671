using System.Collections.Concurrent;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tenants;

/// <summary>
/// What became of each tenant in one attempt, kept in the journal some at a time: a record for each would be flushed for each. What is lost
/// with the process, the databases tell.
/// </summary>
internal sealed class TenantResults : IAsyncDisposable
{
    private const int Together = 50;

    private readonly JournalSession _session;
    private readonly string _run;
    private readonly string _step;
    private readonly HashSet<string> _touched;
    private readonly ConcurrentDictionary<string, string> _backups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TenantResult> _results = new(StringComparer.Ordinal);
    private readonly List<TenantResult> _waiting = [];
    private readonly Lock _gate = new();
    private volatile bool _isStopped;

    internal TenantResults(JournalSession session, string run, string step)
    {
        (_session, _run, _step) = (session, run, step);
        var log = session.Ledger.Find(run)?.Find(step);
        _touched = log?.TouchedTenants.ToHashSet(StringComparer.Ordinal) ?? [];
        CutOff =
        [
            .. (log?.Tenants ?? [])
                .Where(static tenant => tenant.Outcome is TenantOutcome.Begun or TenantOutcome.Failed)
                .Select(static tenant => tenant.Id),
        ];
        foreach (var tenant in log?.Tenants ?? [])
        {
            if (tenant.Backup is { } backup)
                _backups[tenant.Id] = backup;
        }
    }

    internal IReadOnlyList<TenantResult> Failed =>
        [.. _results.Values.Where(static result => IsFailure(result.Outcome)).OrderBy(static result => result.Id, StringComparer.Ordinal)];

    internal int Failures => _results.Values.Count(static result => IsFailure(result.Outcome));

    private static bool IsFailure(TenantOutcome outcome) =>
        outcome is TenantOutcome.Failed or TenantOutcome.Unreachable or TenantOutcome.RevertFailed;

    internal int Count(TenantOutcome outcome) => _results.Values.Count(result => result.Outcome == outcome);

    /// <summary>The tenants of whose database something may be to take back, by what earlier attempts told.</summary>
    internal IReadOnlySet<string> Touched => _touched;

    /// <summary>The tenants of which an earlier attempt told nothing better than that they were begun.</summary>
    internal IReadOnlyList<string> CutOff { get; }

    /// <summary>Says durably that some are begun: nothing is done to them before.</summary>
    internal Task BeginAsync(IEnumerable<FoundTenant> tenants) =>
        AppendAsync([.. tenants.Select(static tenant => new TenantResult { Id = tenant.Shown, Outcome = TenantOutcome.Begun })]);

    /// <summary>Whether the run took a backup of its database.</summary>
    internal bool HasBackup(FoundTenant tenant) => _backups.ContainsKey(tenant.Shown);

    /// <summary>Says durably that one is backed up: nothing is migrated before.</summary>
    internal async Task BackedUpAsync(FoundTenant tenant, BackupInfo backup)
    {
        await AppendAsync([
                new TenantResult
                {
                    Id = tenant.Shown,
                    Outcome = TenantOutcome.Begun,
                    Backup = backup.Name,
                    BackupSha256 = backup.Sha256,
                },
            ])
            .ConfigureAwait(false);
        _backups[tenant.Shown] = backup.Name;
    }

    /// <summary>Begins no other.</summary>
    internal void Stop() => _isStopped = true;

    internal bool HasStopped(int failures) => _isStopped || Failures >= failures;

    internal async Task AddAsync(TenantResult result)
    {
        _results[result.Id] = result;
        lock (_gate)
        {
            _waiting.Add(result);
            if (_waiting.Count < Together)
                return;
        }

        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Keeps what wasn't kept yet.</summary>
    internal async Task FlushAsync()
    {
        List<TenantResult> ended;
        lock (_gate)
        {
            ended = [.. _waiting];
            _waiting.Clear();
        }

        if (ended.Count > 0)
            await AppendAsync(ended).ConfigureAwait(false);
    }

    private Task AppendAsync(List<TenantResult> results) =>
        _session.AppendAsync(_run, JournalKinds.TenantsTold, new TenantsTold(_step, results), JournalJson.Default.TenantsTold);

    /// <summary>All in one line.</summary>
    internal string Summary(int count)
    {
        var counts = _results
            .Values.GroupBy(static result => result.Outcome)
            .OrderBy(static group => group.Key)
            .Select(static group => $"{group.Count()} {Word(group.Key)}")
            .ToList();
        return $"{count} tenants: {(counts.Count == 0 ? "nothing to do in any" : string.Join(", ", counts))}";
    }

    public async ValueTask DisposeAsync() => await FlushAsync().ConfigureAwait(false);

    private static string Word(TenantOutcome outcome) =>
        outcome switch
        {
            TenantOutcome.NotBegun => "not begun",
            TenantOutcome.Migrated => "migrated",
            TenantOutcome.Unreachable => "not reached",
            TenantOutcome.LeftOut => "left out",
            TenantOutcome.Reverted => "taken back",
            TenantOutcome.RevertFailed => "not taken back",
            TenantOutcome.Gone => "gone",
            _ => "failed",
        };
}
