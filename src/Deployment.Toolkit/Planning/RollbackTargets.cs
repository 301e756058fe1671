using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>The releases that a rollback can go back to, and what becomes of the schema on the way there.</summary>
/// <param name="migrations">What this binary has.</param>
/// <param name="applied">What the database has.</param>
internal sealed class RollbackTargets(MigrationSet migrations, IReadOnlyList<AppliedMigration> applied)
{
    /// <summary>Whether a rollback may go there: not where the environment is, and not on hold.</summary>
    internal static bool IsOne(VerifiedRelease verified, EnvironmentLedger ledger) =>
        verified.Evidence.Release != ledger.Current?.Evidence.Release && ledger.HoldOf(verified.Evidence.Release) is null;

    /// <summary>All of them, the last one verified first.</summary>
    internal static IEnumerable<VerifiedRelease> Of(EnvironmentLedger ledger) =>
        ledger.Verified.Reverse().Where(verified => IsOne(verified, ledger));

    /// <summary>Those to which a backup alone leads.</summary>
    internal IEnumerable<VerifiedRelease> ByBackup(EnvironmentLedger ledger) =>
        Of(ledger)
            .DistinctBy(static verified => verified.Evidence.Release)
            .Where(target => Missing(target).Count == 0 && !Undone(target).TrueForAll(HasWayBack));

    /// <summary>What is undone on the way there, the last one first.</summary>
    internal List<AppliedMigration> Undone(VerifiedRelease target) =>
        [.. applied.Reverse().Where(row => !target.Evidence.Schema.Any(version => Same(version, row.Version)))];

    /// <summary>What it needs and the database lacks, which no rollback brings.</summary>
    internal List<string> Missing(VerifiedRelease target) =>
        [.. target.Evidence.Schema.Where(version => !applied.Any(row => Same(version, row.Version)))];

    internal bool HasWayBack(AppliedMigration row) =>
        row.Irreversible is null && (row.DownSql is not null || (row.IsClass && migrations.Find(row.Version) is { HasWayBack: true }));

    private static bool Same(string left, string right) => MigrationVersion.Compare(left, right) == 0;
}
