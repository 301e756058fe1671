namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Writes the app's database into a file and makes one from it, by the server's own programs.</summary>
/// <param name="programs">The programs.</param>
/// <param name="way">The way to the server.</param>
/// <param name="database">The app's database.</param>
/// <param name="leftOut">The tables that are none of the app's data.</param>
internal sealed class MySqlDump(MySqlPrograms.Found programs, MySqlWay way, string database, IReadOnlyList<string> leftOut)
{
    internal const string Extension = ".sql";

    private readonly DatabaseProgram _program = new(programs.Folder, MySqlWay.Password);

    /// <summary>Writes a file, while others work with the database.</summary>
    /// <param name="file">The file.</param>
    /// <param name="begun">Told when what is written is settled, whatever others write from then on.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task WriteAsync(BackupFile file, Action begun, CancellationToken cancellationToken)
    {
        await using var content = file.OpenToWrite();
        await using var watched = new SnapshotWatch(content, begun);
        await _program
            .RunAsync(
                programs.Dump,
                [
                    .. way.Arguments(programs.For.IsMariaDb),
                    "--single-transaction",
                    "--routines",
                    "--triggers",
                    "--hex-blob",
                    "--no-tablespaces",
                    "--skip-add-locks",
                    "--skip-disable-keys",
                    .. programs.For.IsMariaDb ? (string[])[] : ["--set-gtid-purged=OFF", "--column-statistics=0"],
                    .. leftOut.Select(table => $"--ignore-table={database}.{table}"),
                    database,
                ],
                way.Variables,
                cancellationToken,
                output: watched
            )
            .ConfigureAwait(false);
    }

    /// <summary>Fills an empty database from a file.</summary>
    internal async Task RestoreAsync(BackupFile file, string into, CancellationToken cancellationToken)
    {
        await using var content = file.OpenToRead();
        await _program
            .RunAsync(
                programs.Client,
                // It stops at the first fault; nothing that stands in a row is a command of its. It would take comments out of bodies.
                [.. way.Arguments(programs.For.IsMariaDb), "--batch", "--binary-mode", "--comments", into],
                way.Variables,
                cancellationToken,
                input: content
            )
            .ConfigureAwait(false);
    }
}
