using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>One of the app's databases, with what is its own.</summary>
internal sealed record DatabaseParts(TargetDatabase Database, MigrationSet Migrations, MigrationSources Sources, BackupStore Backups);
