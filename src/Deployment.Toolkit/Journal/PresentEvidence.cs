namespace Deployment.Toolkit.Journal;

/// <summary>Results of tests, with when they were recorded.</summary>
internal sealed record RecordedTests(TestsRecorded Results, DateTimeOffset Time);

/// <summary>A bundle that was imported, with when.</summary>
internal sealed record ImportedBundle(EvidenceImported Bundle, DateTimeOffset Time, JournalRecord Record);

/// <summary>What is known of releases beside runs.</summary>
internal sealed class PresentEvidence
{
    // A release whose tests were recorded so long ago isn't the one that is to be deployed.
    private const int MostTests = 100;

    // Of each environment the last tells what is on hold there and which is older; the others tell of releases.
    private const int MostBundles = 20;

    private readonly List<(RecordedTests Tests, JournalRecord Record)> _tests = [];
    private readonly List<ImportedBundle> _bundles = [];
    private readonly List<(EvidenceKeyTrusted Key, JournalRecord Record)> _keys = [];
    private JournalRecord? _exported;
    private JournalRecord? _isolation;

    /// <summary>The records that tell it.</summary>
    internal IEnumerable<JournalRecord> Standing =>
        _tests
            .Select(static tests => tests.Record)
            .Concat(_bundles.Select(static bundle => bundle.Record))
            .Concat(_keys.Select(static key => key.Record))
            .Concat(((JournalRecord?[])[_exported, _isolation]).OfType<JournalRecord>());

    /// <summary>What was recorded last of each suite and release, the oldest first.</summary>
    internal IEnumerable<RecordedTests> Tests => _tests.Select(static tests => tests.Tests);

    /// <summary>What came from other environments, the oldest first.</summary>
    internal IReadOnlyList<ImportedBundle> Bundles => _bundles;

    /// <summary>The keys that somebody said they trust.</summary>
    internal IEnumerable<EvidenceKeyTrusted> Keys => _keys.Select(static key => key.Key);

    /// <summary>The bundle that was given out last; <see langword="null"/> before the first.</summary>
    internal EvidenceExported? Exported => _exported is null ? null : RunLog.Read(_exported, RecordData.EvidenceExported);

    /// <summary>What the environment had last that no other may have; <see langword="null"/> before that was recorded.</summary>
    internal IsolationObserved? Isolation => _isolation is null ? null : RunLog.Read(_isolation, RecordData.IsolationObserved);

    /// <summary>What was recorded last of a suite for a release's commit; <see langword="null"/> when nothing was.</summary>
    internal RecordedTests? TestsOf(string suite, Release release) =>
        _tests.FindLast(tests => Is(tests.Tests.Results, suite, release)).Tests;

    /// <summary>What an environment vouched for last; <see langword="null"/> before the first.</summary>
    internal ImportedBundle? LastOf(string environment) =>
        _bundles.FindLast(bundle => string.Equals(bundle.Bundle.Environment, environment, StringComparison.OrdinalIgnoreCase));

    /// <returns>Whether the record is one of these.</returns>
    internal bool TryTake(JournalRecord record)
    {
        switch (record.Kind)
        {
            case JournalKinds.TestsRecorded:
                Add(RunLog.Read(record, RecordData.TestsRecorded), record.Time, record);
                return true;
            case JournalKinds.EvidenceExported:
                _exported = record;
                return true;
            case JournalKinds.IsolationObserved:
                _isolation = record;
                return true;
            case JournalKinds.EvidenceImported:
                var bundle = RunLog.Read(record, RecordData.EvidenceImported);
                _bundles.Add(new ImportedBundle(bundle, record.Time, record));
                if (_bundles.Count > MostBundles)
                    _bundles.Remove(_bundles.First(old => old != LastOf(old.Bundle.Environment)));
                foreach (var tests in bundle.Tests)
                    Add(tests, tests.At ?? record.Time, record);
                return true;
            case JournalKinds.EvidenceKeyTrusted:
                var key = RunLog.Read(record, RecordData.EvidenceKeyTrusted);
                Remove(key.Name, key.Environment);
                _keys.Add((key, record));
                return true;
            case JournalKinds.EvidenceKeyRemoved:
                var removed = RunLog.Read(record, RecordData.EvidenceKeyRemoved);
                Remove(removed.Name, removed.Environment);
                return true;
            default:
                return false;
        }
    }

    private void Add(TestsRecorded results, DateTimeOffset time, JournalRecord record)
    {
        // What another environment says of a run of tests is no newer than that run.
        if (TestsOf(results.Suite, results.Release) is { } known && known.Time > time)
            return;

        _tests.RemoveAll(earlier => Is(earlier.Tests.Results, results.Suite, results.Release));
        _tests.Add((new RecordedTests(results, time), record));
        if (_tests.Count > MostTests)
            _tests.RemoveAt(0);
    }

    private void Remove(string name, string environment) =>
        _keys.RemoveAll(key =>
            string.Equals(key.Key.Name, name, StringComparison.OrdinalIgnoreCase)
            && string.Equals(key.Key.Environment, environment, StringComparison.OrdinalIgnoreCase)
        );

    // Tests are of a commit, whatever version it was built as.
    private static bool Is(TestsRecorded results, string suite, Release release) =>
        string.Equals(results.Suite, suite, StringComparison.OrdinalIgnoreCase)
        && (
            results.Release.Commit is { } commit && release.Commit is { } other
                ? Release.IsCommit(commit, other)
                : results.Release == release
        );
}
