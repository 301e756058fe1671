using System.Globalization;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Writes the app's database into a file and makes one from it, by PostgreSQL's own programs.</summary>
/// <param name="programs">The folder of the programs.</param>
/// <param name="cluster">The server.</param>
/// <param name="journal">The schema of journals, which are none of the app's data; <see langword="null"/> where there is none.</param>
internal sealed class PostgreSqlDump(string programs, PostgreSqlCluster cluster, string? journal)
{
    internal const string Extension = ".dump";

    private readonly DatabaseProgram _command = new(programs, PostgreSqlVariables.Password);

    /// <summary>Writes a file, while others work with the database.</summary>
    /// <param name="file">The file, which only this user may read.</param>
    /// <param name="snapshot">The state to write, which another transaction exports; the present one where <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task WriteAsync(BackupFile file, string? snapshot, CancellationToken cancellationToken)
    {
        await RunDumpAsync(
                file,
                [
                    .. snapshot is null ? (string[])[] : [$"--snapshot={snapshot}"],
                    .. journal is null ? (string[])[] : [$"--exclude-schema={Pattern(journal)}"],
                ],
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Writes what makes a schema and its tables into a file, and none of their rows.</summary>
    internal Task WriteShapeAsync(BackupFile file, string schema, CancellationToken cancellationToken) =>
        RunDumpAsync(file, ["--schema-only", $"--schema={Pattern(schema)}"], cancellationToken);

    /// <summary>Fills an empty database from a file.</summary>
    internal async Task RestoreAsync(BackupFile file, string database, CancellationToken cancellationToken)
    {
        // Several at once need a file in which they can go to and fro.
        string[] from = file.IsPlain
            ? [string.Create(CultureInfo.InvariantCulture, $"--jobs={Math.Clamp(Environment.ProcessorCount, 1, 4)}"), file.Path]
            : [];
        await using var content = file.IsPlain ? null : file.OpenToRead();
        await _command
            .RunAsync(
                PostgreSqlPrograms.Restore,
                ["--no-password", "--exit-on-error", "--no-subscriptions", $"--dbname={database}", .. from],
                cluster.VariablesFor(database),
                cancellationToken,
                input: content
            )
            .ConfigureAwait(false);
    }

    private async Task RunDumpAsync(BackupFile file, IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        if (file.IsPlain)
            PrivateFile.CreateAnew(file.Path);
        await using var content = file.IsPlain ? null : file.OpenToWrite();
        await _command
            .RunAsync(
                PostgreSqlPrograms.Dump,
                // A table that a migration of somebody else has locked is not waited for without end.
                [
                    "--format=custom",
                    "--no-password",
                    "--no-subscriptions",
                    "--lock-wait-timeout=60s",
                    .. file.IsPlain ? (string[])[$"--file={file.Path}"] : [],
                    .. more,
                ],
                cluster.VariablesFor(cluster.Live),
                cancellationToken,
                output: content
            )
            .ConfigureAwait(false);
    }

    // In quotes, in which only a quote means more than itself.
    private static string Pattern(string schema) => $"\"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
