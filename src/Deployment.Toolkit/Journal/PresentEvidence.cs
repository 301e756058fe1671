namespace Deployment.Toolkit.Journal;

/// <summary>Results of tests, with when they were recorded.</summary>
internal sealed record RecordedTests(TestsRecorded Results, DateTimeOffset Time, JournalRecord Record);

/// <summary>What is known of releases beside runs.</summary>
internal sealed class PresentEvidence
{
    // A release whose tests were recorded so long ago isn't the one that is to be deployed.
    private const int MostTests = 100;

    private readonly List<RecordedTests> _tests = [];

    /// <summary>The records that tell it.</summary>
    internal IEnumerable<JournalRecord> Standing => _tests.Select(static tests => tests.Record);

    /// <summary>What was recorded last of each suite and release, the oldest first.</summary>
    internal IReadOnlyList<RecordedTests> Tests => _tests;

    /// <summary>What was recorded last of a suite for a release's commit; <see langword="null"/> when nothing was.</summary>
    internal RecordedTests? TestsOf(string suite, Release release) => _tests.FindLast(tests => Is(tests.Results, suite, release));

    internal void Take(JournalRecord record)
    {
        var results = RunLog.Read(record, RecordData.TestsRecorded);
        _tests.RemoveAll(earlier => Is(earlier.Results, results.Suite, results.Release));
        _tests.Add(new RecordedTests(results, record.Time, record));
        if (_tests.Count > MostTests)
            _tests.RemoveAt(0);
    }

    // Tests are of a commit, whatever version it was built as.
    private static bool Is(TestsRecorded results, string suite, Release release) =>
        string.Equals(results.Suite, suite, StringComparison.OrdinalIgnoreCase)
        && (
            results.Release.Commit is { } commit && release.Commit is { } other
                ? string.Equals(commit, other, StringComparison.OrdinalIgnoreCase)
                : results.Release == release
        );
}
