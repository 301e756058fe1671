namespace Deployment.Toolkit.Journal;

/// <summary>
/// The runs that tell how an environment stands: of each sort the last one. Runs follow one another, and only the last may be open.
/// </summary>
internal sealed class PresentRuns
{
    private readonly Dictionary<string, RunRecords> _renewals = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RunRecords> _secrets = new(StringComparer.OrdinalIgnoreCase);

    // By the database; an app with one has them under no name.
    private readonly Dictionary<string, RunRecords> _releases = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RunRecords> _restored = new(StringComparer.OrdinalIgnoreCase);
    private RunRecords? _unsuccessful;

    internal RunRecords? Last { get; private set; }

    /// <summary>The last that was about a database and the code.</summary>
    internal RunRecords? ReleaseOf(DatabaseKey key) => Of(_releases, key);

    /// <summary>The last of those that did not succeed.</summary>
    internal RunRecords? Unsuccessful => Last is { IsOfRelease: true, HasSucceeded: false } ? Last : _unsuccessful;

    /// <summary>The last that restored a backup of a database on purpose.</summary>
    internal RunRecords? RestoredOf(DatabaseKey key) =>
        Last is { Kind: RunKind.Restore, HasSucceeded: true } last && last.Databases.Any(name => IsOf(key, name))
            ? last
            : Of(_restored, key);

    /// <summary>The last renewal of a secret.</summary>
    internal RunRecords? RenewalOf(string secret) =>
        IsOf(Last, secret) && Last!.Kind == RunKind.Renew ? Last : _renewals.GetValueOrDefault(secret);

    /// <summary>The last renewal of a secret, or the last end of what it was before, whichever came later.</summary>
    internal RunRecords? LastOf(string secret) => IsOf(Last, secret) ? Last : _secrets.GetValueOrDefault(secret);

    internal void Plan(RunRecords run)
    {
        Settle();
        Last = run;
        foreach (var name in run.IsOfRelease ? run.Databases : [])
            _releases[name] = run;
    }

    /// <summary>All of them, each once: an open last run may yet succeed, and then what was before it tells.</summary>
    internal IEnumerable<RunRecords> All =>
        ((RunRecords?[])[Last, _unsuccessful, .. _releases.Values, .. _restored.Values, .. _renewals.Values, .. _secrets.Values])
            .OfType<RunRecords>()
            .Distinct();

    // Whatever is planned next, the one before has its end.
    private void Settle()
    {
        if (Last is not { } last)
            return;

        if (last is { IsOfRelease: true, HasSucceeded: false })
            _unsuccessful = last;
        if (!last.HasSucceeded)
            return;
        foreach (var name in last.Kind == RunKind.Restore ? last.Databases : [])
            _restored[name] = last;
        if (last is { Kind: RunKind.Renew or RunKind.Retire, Secret: { } secret })
            _secrets[secret] = last;
        if (last is { Kind: RunKind.Renew, Secret: { } renewed })
            _renewals[renewed] = last;
    }

    private static bool IsOf(DatabaseKey key, string name) => name.Length == 0 ? key.IsFirst : key.Is(name);

    private static RunRecords? Of(Dictionary<string, RunRecords> runs, DatabaseKey key) =>
        runs.Where(run => IsOf(key, run.Key)).Select(static run => run.Value).MaxBy(static run => run.Sequence);

    private static bool IsOf(RunRecords? run, string secret) =>
        run is { HasSucceeded: true, Kind: RunKind.Renew or RunKind.Retire }
        && string.Equals(run.Secret, secret, StringComparison.OrdinalIgnoreCase);
}
