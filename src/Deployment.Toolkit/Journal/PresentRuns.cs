namespace Deployment.Toolkit.Journal;

/// <summary>
/// The runs that tell how an environment stands: of each sort the last one. Runs follow one another, and only the last may be open.
/// </summary>
internal sealed class PresentRuns
{
    private readonly Dictionary<string, RunRecords> _renewals = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RunRecords> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private RunRecords? _unsuccessful;
    private RunRecords? _restored;

    internal RunRecords? Last { get; private set; }

    /// <summary>The last that was about the database and the code.</summary>
    internal RunRecords? Release { get; private set; }

    /// <summary>The last of those that did not succeed.</summary>
    internal RunRecords? Unsuccessful => Last is { IsOfRelease: true, HasSucceeded: false } ? Last : _unsuccessful;

    /// <summary>The last that restored a backup on purpose.</summary>
    internal RunRecords? Restored => Last is { Kind: RunKind.Restore, HasSucceeded: true } ? Last : _restored;

    /// <summary>The last renewal of a secret.</summary>
    internal RunRecords? RenewalOf(string secret) =>
        IsOf(Last, secret) && Last!.Kind == RunKind.Renew ? Last : _renewals.GetValueOrDefault(secret);

    /// <summary>The last renewal of a secret, or the last end of what it was before, whichever came later.</summary>
    internal RunRecords? LastOf(string secret) => IsOf(Last, secret) ? Last : _secrets.GetValueOrDefault(secret);

    internal void Plan(RunRecords run)
    {
        Settle();
        Last = run;
        if (run.IsOfRelease)
            Release = run;
    }

    /// <summary>All of them, each once: an open last run may yet succeed, and then what was before it tells.</summary>
    internal IEnumerable<RunRecords> All =>
        ((RunRecords?[])[Last, Release, _unsuccessful, _restored, .. _renewals.Values, .. _secrets.Values]).OfType<RunRecords>().Distinct();

    // Whatever is planned next, the one before has its end.
    private void Settle()
    {
        if (Last is not { } last)
            return;

        if (last is { IsOfRelease: true, HasSucceeded: false })
            _unsuccessful = last;
        if (!last.HasSucceeded)
            return;
        if (last.Kind == RunKind.Restore)
            _restored = last;
        if (last is { Kind: RunKind.Renew or RunKind.Retire, Secret: { } secret })
            _secrets[secret] = last;
        if (last is { Kind: RunKind.Renew, Secret: { } renewed })
            _renewals[renewed] = last;
    }

    private static bool IsOf(RunRecords? run, string secret) =>
        run is { HasSucceeded: true, Kind: RunKind.Renew or RunKind.Retire }
        && string.Equals(run.Secret, secret, StringComparison.OrdinalIgnoreCase);
}
