namespace Deployment.Toolkit.Journal;

/// <summary>An approval, with when it was given.</summary>
internal sealed record Approval(ReleaseApproved Given, DateTimeOffset Time, JournalRecord Record);

/// <summary>An item of the checklist that was ticked for a release, with when.</summary>
internal sealed record Tick(ChecklistTicked Ticked, DateTimeOffset Time, JournalRecord Record);

/// <summary>A hotfix whose skipped part has not followed yet.</summary>
internal sealed record Debt(HotfixDue Due, DateTimeOffset Time, JournalRecord Record);

/// <summary>The glass was broken, with what was said of that since.</summary>
internal sealed record Glass(GlassBroken Broken, DateTimeOffset Time, JournalRecord Record)
{
    internal List<(GlassReviewed Review, JournalRecord Record)> Reviews { get; } = [];
}

/// <summary>What people said of releases that want to enter an environment.</summary>
internal sealed class PresentPromotion
{
    // What was said so long ago of what never entered is not said of what is to be deployed.
    private const int MostApprovals = 100;
    private const int MostTicks = 200;

    private readonly List<Approval> _approvals = [];
    private readonly List<Tick> _ticks = [];
    private readonly List<Debt> _debts = [];
    private readonly List<Glass> _glass = [];

    // Paid by a release that is on its way: when it is taken back, so is what it has paid.
    private readonly List<(JournalRecord Record, IReadOnlyList<Debt> Debts)> _settling = [];

    // A few in a journal's life; which of them counts is seen from all of them, in their order.
    private readonly List<JournalRecord> _approvers = [];

    /// <summary>The records that tell it.</summary>
    internal IEnumerable<JournalRecord> Standing =>
        [
            .. _approvals.Select(static approval => approval.Record),
            .. _ticks.Select(static tick => tick.Record),
            .. _debts.Select(static debt => debt.Record),
            .. _settling.SelectMany(static paid => paid.Debts.Select(static debt => debt.Record).Append(paid.Record)),
            .. _glass.SelectMany(static glass => glass.Reviews.Select(static review => review.Record).Prepend(glass.Record)),
            .. _approvers,
        ];

    /// <summary>Those that were given, not taken back, and not used up, the oldest first.</summary>
    internal IReadOnlyList<Approval> Approvals => _approvals;

    /// <summary>Every change of the list of approvers, the first one first.</summary>
    internal IReadOnlyList<JournalRecord> Approvers => _approvers;

    /// <summary>What hotfixes skipped and has not followed yet, the oldest first.</summary>
    internal IReadOnlyList<Debt> Debts => _debts;

    /// <summary>When the glass was broken, the oldest first, as far back as is remembered.</summary>
    internal IReadOnlyList<Glass> Glass => _glass;

    /// <summary>When an item was ticked for a release; <see langword="null"/> when it isn't.</summary>
    internal Tick? TickOf(Release release, string item) =>
        _ticks.Find(tick =>
            tick.Ticked.Release.Means(release) && string.Equals(tick.Ticked.Item, item, StringComparison.OrdinalIgnoreCase)
        );

    /// <returns>Whether it is of this kind.</returns>
    internal bool Take(JournalRecord record)
    {
        switch (record.Kind)
        {
            case JournalKinds.ReleaseApproved:
                _approvals.Add(new Approval(RunLog.Read(record, RecordData.ReleaseApproved), record.Time, record));
                if (_approvals.Count > MostApprovals)
                    _approvals.RemoveAt(0);
                return true;
            case JournalKinds.ApprovalRevoked:
                var revoked = RunLog.Read(record, RecordData.ApprovalRevoked).Ids;
                _approvals.RemoveAll(approval => revoked.Contains(approval.Given.Id, StringComparer.Ordinal));
                return true;
            case JournalKinds.ApproverAdded or JournalKinds.ApproverRemoved:
                _approvers.Add(record);
                return true;
            case JournalKinds.ChecklistTicked:
                var ticked = RunLog.Read(record, RecordData.ChecklistTicked);
                _ticks.RemoveAll(tick =>
                    tick.Ticked.Release == ticked.Release
                    && string.Equals(tick.Ticked.Item, ticked.Item, StringComparison.OrdinalIgnoreCase)
                );
                if (ticked.IsDone)
                    _ticks.Add(new Tick(ticked, record.Time, record));
                if (_ticks.Count > MostTicks)
                    _ticks.RemoveAt(0);
                return true;
            case JournalKinds.HotfixDue:
                var due = RunLog.Read(record, RecordData.HotfixDue);
                if (!_debts.Exists(debt => debt.Due.Run == due.Run))
                    _debts.Add(new Debt(due, record.Time, record));
                return true;
            case JournalKinds.HotfixPaid:
                var paid = RunLog.Read(record, RecordData.HotfixPaid).Runs;
                var settled = _debts.FindAll(debt => paid.Contains(debt.Due.Run, StringComparer.Ordinal));
                _debts.RemoveAll(settled.Contains);
                if (record.Run is not null)
                    _settling.Add((record, settled));
                return true;
            case JournalKinds.GlassBroken:
                _glass.Add(new Glass(RunLog.Read(record, RecordData.GlassBroken), record.Time, record));
                return true;
            case JournalKinds.GlassReviewed:
                var review = RunLog.Read(record, RecordData.GlassReviewed);
                _glass.Find(glass => glass.Broken.Run == review.Run)?.Reviews.Add((review, record));
                return true;
            default:
                return false;
        }
    }

    /// <summary>A run is over: one that was taken back owes nothing, and has paid nothing.</summary>
    internal void End(string run, bool isTakenBack)
    {
        if (isTakenBack)
        {
            _debts.RemoveAll(debt => debt.Record.Run == run);
            foreach (var debt in _settling.Where(paid => paid.Record.Run == run).SelectMany(static paid => paid.Debts))
                TakeBack(debt, run);
            _debts.Sort(static (one, other) => one.Record.Sequence.CompareTo(other.Record.Sequence));
        }

        _settling.RemoveAll(paid => paid.Record.Run == run);
    }

    // What the run owed itself is gone with it, also where it had paid that; and nothing is owed twice for one run.
    private void TakeBack(Debt paid, string run)
    {
        if (paid.Record.Run != run && !_debts.Exists(debt => debt.Due.Run == paid.Due.Run))
            _debts.Add(paid);
    }

    /// <summary>A release has entered: what was said for that has had its effect, and none of it lets anything in a second time.</summary>
    internal void Enter(Release release)
    {
        _approvals.RemoveAll(approval => approval.Given.Release == release);
        _ticks.RemoveAll(tick => tick.Ticked.Release.Means(release));
    }
}
