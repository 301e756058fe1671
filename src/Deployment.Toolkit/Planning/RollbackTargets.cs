using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>The releases that a rollback can go back to, and what becomes of the schema on the way there.</summary>
/// <param name="migrations">What this binary has.</param>
/// <param name="applied">What the database has.</param>
/// <param name="repeatables">What repeatable scripts have left there.</param>
/// <param name="ledger">What the journal knows.</param>
internal sealed class RollbackTargets(
    MigrationSet migrations,
    IReadOnlyList<AppliedMigration> applied,
    AppliedRepeatables repeatables,
    EnvironmentLedger ledger
)
{
    private Dictionary<string, int>? _order;

    /// <summary>Whether a rollback may go there: not where the environment is, and not on hold.</summary>
    internal static bool IsOne(VerifiedRelease verified, EnvironmentLedger ledger) =>
        verified.Evidence.Release != ledger.Current?.Evidence.Release && ledger.HoldOf(verified.Evidence.Release) is null;

    /// <summary>All of them, the last one verified first.</summary>
    internal static IEnumerable<VerifiedRelease> Of(EnvironmentLedger ledger) =>
        ledger.Verified.Reverse().Where(verified => IsOne(verified, ledger));

    /// <summary>Those to which a backup alone leads.</summary>
    internal IEnumerable<VerifiedRelease> ByBackup() =>
        Of(ledger)
            .DistinctBy(static verified => verified.Evidence.Release)
            .Where(target => Missing(target).Count == 0 && !Undone(target).TrueForAll(HasWayBack));

    /// <summary>What is undone on the way there, the last one first. Of repeatable scripts the texts are not read.</summary>
    internal List<AppliedMigration> Undone(VerifiedRelease target) =>
        [
            .. repeatables
                .Versions.OrderDescending(StringComparer.Ordinal)
                .Select(version => Back(version, target))
                .OfType<AppliedMigration>(),
            .. applied.Reverse().Where(row => !target.Evidence.SchemaOf(migrations.Key).Any(version => Same(version, row.Version))),
        ];

    /// <summary>What it needs and the database lacks, which no rollback brings.</summary>
    internal List<string> Missing(VerifiedRelease target) =>
        [
            .. target.Evidence.SchemaOf(migrations.Key).Where(version => !applied.Any(row => Same(version, row.Version))),
            .. Repeated(target)
                .Where(wanted =>
                    repeatables.Last(wanted.Version) is not { } last || (last.Checksum != wanted.Checksum && Below(last, wanted) is null)
                )
                .Select(static wanted => $"{wanted.Version} as it was then"),
        ];

    internal bool HasWayBack(AppliedMigration row) =>
        row.Irreversible is null && (row.DownSql is not null || (row.IsClass && migrations.Find(row.Version) is { HasWayBack: true }));

    private IEnumerable<VerifiedMigration> Repeated(VerifiedRelease target) =>
        (target.Evidence.Migrations ?? []).Where(migration =>
            migration.Checksum is not null
            && MigrationVersion.IsRepeatable(migration.Version)
            && (migration.Database is { } database ? migrations.Key.Is(database) : migrations.Key.IsFirst)
        );

    private AppliedRepeatable? Below(AppliedRepeatable last, VerifiedMigration wanted) => repeatables.Below(last, wanted.Checksum!);

    // A release that didn't have the script left what it had made as it was.
    private AppliedMigration? Back(string version, VerifiedRelease target)
    {
        var last = repeatables.Last(version)!;
        var wanted = Repeated(target).FirstOrDefault(migration => migration.Version == version);
        if (wanted?.Checksum == last.Checksum && !last.IsBegun)
            return null;

        var goal = wanted is null
            ? repeatables.Rows.LastOrDefault(row => row.Version == version && !IsAfter(row.Run, target.Run))
            : Below(last, wanted);
        if (goal == last)
            return null;

        var undone = repeatables.After(version, goal).ToList();
        return new AppliedMigration(
            version,
            last.Name,
            last.Checksum,
            last.File,
            goal?.HasText ?? last.HasDown ? "" : null,
            undone.Select(static row => row.Irreversible).FirstOrDefault(static why => why is not null),
            last.Run,
            null
        )
        {
            BackTo = goal?.Checksum,
        };
    }

    // One that the journal doesn't know is none of what came since.
    private bool IsAfter(string run, string target)
    {
        _order ??= ledger
            .Runs.Select(static (log, index) => (log.Id, index))
            .ToDictionary(static pair => pair.Id, static pair => pair.index);
        return _order.TryGetValue(run, out var at) && _order.TryGetValue(target, out var then) && at > then;
    }

    private static bool Same(string left, string right) => MigrationVersion.Compare(left, right) == 0;
}
