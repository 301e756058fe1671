using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>What an up would do to one database.</summary>
internal sealed record DatabaseDraft(PlannedDatabase Planned, IReadOnlyList<PlannedMigration> Migrations, IReadOnlyList<string> Risks)
{
    /// <param name="parts">Of the one database; without any, what there is of migrations.</param>
    /// <param name="scope">Which migrations, where no release comes with them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The migrations and the database don't agree: every reason at once.</exception>
    internal static async Task<DatabaseDraft> MakeAsync(DeploymentParts parts, MigrationScope? scope, CancellationToken cancellationToken)
    {
        var schema = await ReadableHistory.CompareAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        var faults = schema.Faults(parts.Environment, parts.Release);
        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var before = schema.Applied.Select(static row => row.Version).ToList();
        var wanted = scope?.Choose(schema.Pending, parts) ?? schema.Pending;
        await RunnableScripts.EnsureAsync(parts, [.. wanted], cancellationToken).ConfigureAwait(false);
        var pending = wanted.Select(definition => ToPlan(parts, definition)).ToList();
        if (
            pending.Count > 0
            && parts.Database is { } database
            && (
                await database.WhyNotMigratedAsync(cancellationToken).ConfigureAwait(false)
                ?? (
                    parts is { WithoutBackup: null, BackupBy: null }
                        ? await database.WhyNoBackupAsync(cancellationToken).ConfigureAwait(false)
                        : null
                )
            )
                is { } fault
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [fault]);
        if (pending.Count > 0 && parts is { WithoutBackup: null, BackupBy: null })
            parts.Backups?.EnsureKey();
        return new DatabaseDraft(
            new PlannedDatabase
            {
                Name = parts.Key.Name,
                SchemaBefore = before,
                SchemaAfter =
                [
                    .. before,
                    .. wanted.Where(static definition => !definition.IsRepeatable).Select(static definition => definition.Version),
                ],
                SchemaWayBack =
                    pending.Count == 0 ? SchemaWayBack.Nothing
                    : parts.WithoutBackup is not null || pending.TrueForAll(static m => m.HasWayBack) ? SchemaWayBack.DownScripts
                    : SchemaWayBack.RestoreBackup,
            },
            pending,
            [
                .. RisksOf(parts, schema, pending),
                .. EmptyOnes(parts, wanted),
                .. await WayBackRisksAsync(parts, pending, wanted, cancellationToken).ConfigureAwait(false),
                .. await StampRisksAsync(parts, schema, cancellationToken).ConfigureAwait(false),
            ]
        );
    }

    /// <summary>Refuses an up whose way back would be a backup that can't be put back; says what else that way back would need.</summary>
    private static async Task<IReadOnlyList<string>> WayBackRisksAsync(
        DeploymentParts parts,
        List<PlannedMigration> pending,
        IEnumerable<MigrationDefinition> wanted,
        CancellationToken cancellationToken
    )
    {
        if (
            parts is not { Backups: { } backups, BackupBy: null }
            || pending.Find(static migration => migration is { HasWayBack: false, Irreversible: null }) is not { } stuck
        )
            return [];

        var title = MigrationVersion.Title(stuck.Version, stuck.Name);
        await backups
            .Swap.EnsureWayBackAsync(
                $"migration {parts.Key.Title(title)} has no way back of its own, so that going back would put the backup there",
                wanted.First(definition => definition.Version == stuck.Version) switch
                {
                    { IsRepeatable: true } =>
                        "Or write what takes it away below a line '-- down' in it, or why there is none: '-- irreversible: why'.",
                    { ClassName: null } => $"Or write {title}.down.sql, or into the script why there is none: '-- irreversible: why'.",
                    _ => "Or override DownAsync, or mark the class with [Irreversible(\"why\")].",
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return await backups.Swap.RiskAsync(cancellationToken).ConfigureAwait(false) is { } risk ? [risk] : [];
    }

    // One that was migrated before stamps were.
    private static async Task<IReadOnlyList<string>> StampRisksAsync(
        DeploymentParts parts,
        SchemaComparison schema,
        CancellationToken cancellationToken
    ) =>
        schema.Applied.Count > 0
        && parts.Database is { Exists: true } database
        && await DatabaseStamps.ReadAsync(database, cancellationToken).ConfigureAwait(false) is null
            ? [$"database '{database.Title}' bears no environment's stamp yet: this run stamps it as that of '{parts.Environment.Name}'"]
            : [];

    private static PlannedMigration ToPlan(DeploymentParts parts, MigrationDefinition definition)
    {
        var planned = definition.ToPlan() with { Database = parts.Key.Recorded };
        return planned is { HasWayBack: false, Irreversible: null } && parts.WithoutBackup is { } reason
            ? planned with
            {
                Irreversible =
                    $"it has no way back of its own, and no backup {(parts.BackupBy is null ? "is taken" : "to go back to")}: {reason}",
            }
            : planned;
    }

    // As `migrations add` makes it, most often: what is written into it later is refused as a change.
    private static IEnumerable<string> EmptyOnes(DeploymentParts parts, IEnumerable<MigrationDefinition> wanted) =>
        from definition in wanted
        where definition.Up is { } up && !definition.Dialect.HasStatement(up.Text)
        select $"migration {parts.Key.Title(definition.Title)} holds no statement yet, and is recorded as applied all the same";

    private static List<string> RisksOf(DeploymentParts parts, SchemaComparison schema, List<PlannedMigration> pending)
    {
        var risks = new List<string>();
        foreach (var migration in pending)
        {
            var title = parts.Key.Title(MigrationVersion.Title(migration.Version, migration.Name));
            if (migration.Irreversible is { } reason)
                risks.Add($"migration {title} cannot be taken back: {reason}");
            else if (!migration.HasWayBack)
                risks.Add($"migration {title} has no way back of its own: going back restores the backup, which loses rows written since");
        }

        risks.AddRange(
            schema.OutOfOrder.Select(definition =>
                $"migration {parts.Key.Title(definition.Title)} is pending below versions that are applied already"
            )
        );
        risks.AddRange(
            schema.Gone.Select(version =>
                $"repeatable script {parts.Key.Title(version)} is applied, and this binary does not have it: what it made stays as it is"
            )
        );
        return risks;
    }
}
