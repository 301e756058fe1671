using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>Refuses scripts that can't be run by the way that leads to their database, before anything is begun.</summary>
internal static class RunnableScripts
{
    /// <summary>Of migrations that are to be applied; also their ways back, by which an up that fails goes back.</summary>
    internal static Task EnsureAsync(
        DeploymentParts parts,
        IReadOnlyList<MigrationDefinition> migrations,
        CancellationToken cancellationToken
    ) =>
        EnsureAsync(
            parts,
            [
                .. migrations
                    .Where(static migration => migration.Up is not null)
                    .Select(static migration => ($"migration {migration.Title}", migration.Up!.Text, migration.IsOutsideTransaction)),
                .. migrations
                    .Where(static migration => migration.Down is not null)
                    .Select(static migration => Back(migration.Dialect, migration.Title, migration.Down!.Text)),
            ],
            cancellationToken
        );

    /// <summary>Of migrations that are to be taken back by what the history keeps of that.</summary>
    internal static Task EnsureBackAsync(
        DeploymentParts parts,
        IReadOnlyList<AppliedMigration> undo,
        CancellationToken cancellationToken
    ) =>
        EnsureAsync(
            parts,
            [
                .. undo.Where(static row => row is { IsRepeatable: false, DownSql: not null })
                    .Select(row => Back(parts.Database!.Dialect, row.Title, row.DownSql!)),
            ],
            cancellationToken
        );

    private static (string Title, string Script, bool IsOutside) Back(DatabaseDialect dialect, string title, string script) =>
        (
            $"the way back of migration {title}",
            script,
            ScriptMarkers.Of(dialect, script).IsOutsideTransaction || dialect.RunsOutside(script)
        );

    private static async Task EnsureAsync(
        DeploymentParts parts,
        IReadOnlyList<(string Title, string Script, bool IsOutside)> scripts,
        CancellationToken cancellationToken
    )
    {
        if (
            scripts.Count > 0
            && parts.Database is { Exists: true } database
            && await database.WhyNotRunAsync(scripts, cancellationToken).ConfigureAwait(false) is { } reason
        )
            throw DeploymentException.Refused(Codes.DatabaseUnavailable, reason);
    }
}
