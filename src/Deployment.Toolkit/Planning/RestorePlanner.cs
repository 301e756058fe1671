using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Planning;

/// <summary>Plans the restoring of a backup that a person chose.</summary>
internal static class RestorePlanner
{
    internal static async Task<DeploymentPlan> MakeAsync(
        DeploymentParts parts,
        StepCatalog catalog,
        EnvironmentLedger ledger,
        string name,
        bool acceptsDataLoss,
        CancellationToken cancellationToken
    )
    {
        var backups =
            parts.Backups
            ?? throw DeploymentException.Refused(
                Codes.BackupUnusable,
                "The app has no database, so there is nothing to restore. Name it with .UseSqlite(factory, \"connection string name\"), .UsePostgreSql(…) or .UseMySql(…) "
                    + "on AddDeployment()."
            );
        var known = backups.List();
        var backup =
            known.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Backup '{name}' does not exist in "
                    + $"'{parts.Environment.Name}'.{Pruned(parts.Key, ledger, name)}{Suggestion.Sentence(name, known.Select(static candidate => candidate.Name))} 'deploy backup list{parts.Key.Option}' shows the verified ones."
            );
        // Of the app's own databases that is asked before.
        if (
            parts is { Key.Tenant: not null, Database: { } tenants }
            && await KnownDatabase
                .FindAsync(tenants, ledger, parts.Environment.Name, isReplaced: true, null, cancellationToken)
                .ConfigureAwait(false)
                is { } foreign
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [foreign]);
        await backups.EnsureReadableAsync(backup, cancellationToken).ConfigureAwait(false);
        backups.Swap.EnsurePossible($"backup '{name}' cannot be put there");
        var damage = await backups.FindDamageAsync(cancellationToken).ConfigureAwait(false);
        if (!acceptsDataLoss && damage is not null)
        {
            throw DeploymentException.Refused(
                Codes.DataLossNotAccepted,
                $"{(parts.Key.IsOnly ? "The database" : $"Database '{parts.Key.Name}'")} of '{parts.Environment.Name}' is damaged, so what was written since backup '{name}' can't be told, and "
                    + $"would be gone from it: {damage} Nothing was changed. "
                    + $"Run 'deploy backup restore {name}{parts.Key.Option} --environment {parts.Environment.Name} --accept-data-loss'; the damaged file "
                    + $"is kept beside the backups."
            );
        }

        var loss = damage is null ? await backups.LossAsync(backup, cancellationToken).ConfigureAwait(false) : null;
        if (!acceptsDataLoss && loss is not null)
        {
            throw DeploymentException.Refused(
                Codes.DataLossNotAccepted,
                $"{(parts.Key.IsOnly ? "The database" : $"Database '{parts.Key.Name}'")} of '{parts.Environment.Name}' differs from backup '{name}': {loss} would be gone from "
                    + $"it. Nothing was changed. "
                    + $"Run 'deploy backup restore {name}{parts.Key.Option} --environment {parts.Environment.Name} --accept-data-loss'; the database as "
                    + $"it is now is kept as a backup of its own."
            );
        }

        if (damage is null)
            await backups.Swap.EnsureFreeAsync(cancellationToken).ConfigureAwait(false);
        var history = damage is null
            ? await ReadableHistory.OfAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false)
            : [];
        var draft = new DeploymentPlan
        {
            Kind = RunKind.Restore,
            Environment = parts.Environment.Name,
            Release = parts.Release,
            PreviousRelease = ledger.DatabaseRelease(parts.Key, run => backups.Find(run)?.Release),
            AcceptsDataLoss = acceptsDataLoss,
            Risks =
            [
                .. RiskOf(parts, damage is not null, loss),
                .. await backups.Swap.RisksToHoldersAsync(cancellationToken).ConfigureAwait(false),
            ],
        };
        var planned = new PlannedDatabase
        {
            Name = parts.Key.Name,
            SchemaBefore = [.. history.Select(static row => row.Version)],
            SchemaAfter = backup.Schema,
            SchemaWayBack = SchemaWayBack.None,
            Backup = name,
        };
        draft = Planner.Complete(parts.Key, draft, [planned]);
        var step = await new Planner(parts)
            .PlanAsync(catalog.Get(StepRole.RestoreBackup, parts.Key), draft, cancellationToken)
            .ConfigureAwait(false);
        return PlanHash.Seal(draft with { Steps = [step] });
    }

    private static IEnumerable<string> RiskOf(DeploymentParts parts, bool isDamaged, string? loss) =>
        isDamaged
            ?
            [
                "the database is damaged, so what was written since and would be lost can't be told; the damaged file is kept beside the backups",
            ]
        : parts.Database is not { Exists: true } ? ["the database is not there, so what was written since can't be told, and is lost"]
        : loss is not null ? [$"{loss} would be lost; the database as it is by then is kept as a backup"]
        : [];

    private static string Pruned(DatabaseKey key, EnvironmentLedger ledger, string name) =>
        ledger.PruningOf(key, name) is not var (time, by)
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" It was pruned on {time.UtcDateTime:yyyy-MM-dd HH:mm} UTC by {by}.");
}
