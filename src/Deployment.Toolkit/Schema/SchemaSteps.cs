using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Schema;

/// <summary>The step that brings a database's schema forward and back.</summary>
internal static class SchemaSteps
{
    internal static IEnumerable<CatalogStep> Of(
        TargetDatabase? database,
        MigrationSet migrations,
        MigrationRunner? runner,
        BackupStore? backups,
        string? withoutBackup,
        OtherBackup? other,
        OtherBackupTools tools,
        JournalSession? session
    ) =>
        [
            CatalogStep.BuiltIn(
                StepRole.Migrate,
                new MigrateStep(database, migrations, runner, backups, withoutBackup, other, tools, session),
                migrations.Limit,
                database?.Key.Recorded
            ),
        ];
}
