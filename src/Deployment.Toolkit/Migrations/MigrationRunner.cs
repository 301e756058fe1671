using System.Data;
using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Migrations;

/// <summary>Applies and undoes migrations, each in one transaction with its row of the history.</summary>
internal sealed class MigrationRunner(SqliteDatabase database, IServiceProvider services, TimeProvider time, MigrationSet known, ILogger logger)
{
    private readonly WayBackStakes _stakes = new(known);

    /// <summary>Applies one migration unless the history, read again inside the transaction, has it.</summary>
    /// <param name="migration">What to apply.</param>
    /// <param name="writer">On whose behalf.</param>
    /// <param name="keepContents">Whether to note what the tables hold before and afterwards, for a way back that restores a backup.</param>
    /// <param name="cancellationToken">Looked at before every statement and before the commit.</param>
    /// <returns>Whether it was applied now.</returns>
    internal Task<bool> ApplyAsync(MigrationDefinition migration, MigrationWriter writer, bool keepContents, CancellationToken cancellationToken) =>
        InTransactionAsync($"migrate {migration.Version}", async (connection, transaction) =>
        {
            await MigrationHistory.EnsureAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            await MigrationHistory.EnsureFenceAsync(connection, transaction, writer, cancellationToken).ConfigureAwait(false);
            if (await FindAsync(connection, transaction, migration.Version, cancellationToken).ConfigureAwait(false) is not null) return false;

            var before = keepContents ? await TableContents.TakeAsync(connection, transaction, cancellationToken).ConfigureAwait(false) : null;
            var started = time.GetTimestamp();
            await _stakes.AccountAsync(connection, transaction, migration.Version, migration.Up?.Text, () => migration.Up is { } script
                ? RunAsync(connection, transaction, migration.Title, script, cancellationToken)
                : RunClassAsync(migration, async (instance, context) =>
                {
                    await instance.UpAsync(context, cancellationToken).ConfigureAwait(false);
                    await instance.VerifyAsync(context, cancellationToken).ConfigureAwait(false);
                }, connection, transaction), cancellationToken).ConfigureAwait(false);

            var duration = time.GetElapsedTime(started);
            var contents = before is null ? null : new NotedContents(before.ToString(), (await TableContents.TakeAsync(connection, transaction, cancellationToken).ConfigureAwait(false)).ToString());
            await MigrationHistory.InsertAsync(
                connection, transaction, migration, writer, time.GetUtcNow(), duration, contents, await WayBackStakes.NoteAsync(connection, transaction, migration, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            _stakes.Add(migration);
            Telemetry.MigrationsApplied.Add(1, new KeyValuePair<string, object?>("deployment.direction", "up"));
            return true;
        }, cancellationToken);

    /// <summary>Undoes one migration by the way back that the history keeps, unless it is undone already.</summary>
    /// <param name="version">What to undo.</param>
    /// <param name="writer">On whose behalf.</param>
    /// <param name="ensureMayLose">Told what would be lost, while nobody else can write; throws when that may not be.</param>
    /// <param name="cancellationToken">Looked at before every statement and before the commit.</param>
    /// <returns>Whether it was undone now.</returns>
    internal Task<bool> UndoAsync(
        string version, MigrationWriter writer, Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose, CancellationToken cancellationToken) =>
        InTransactionAsync($"undo {version}", async (connection, transaction) =>
        {
            if (!await MigrationHistory.ExistsAsync(connection, transaction, cancellationToken).ConfigureAwait(false)) return false;
            await MigrationHistory.EnsureFenceAsync(connection, transaction, writer, cancellationToken).ConfigureAwait(false);
            if (await FindAsync(connection, transaction, version, cancellationToken).ConfigureAwait(false) is not { } row) return false;

            Func<Task> work;
            if (row.DownSql is { } sql)
                work = () => RunAsync(connection, transaction, row.Title, new MigrationScript(row.DownFile ?? row.Title + ".down.sql", sql), cancellationToken);
            else if (known.Find(version) is { Create: not null } definition && definition.Checksum == row.Checksum)
                work = () => RunClassAsync(definition, (instance, context) => instance.DownAsync(context, cancellationToken), connection, transaction);
            else
                throw DeploymentException.NeedsAttention(
                    Codes.MigrationWayBackMissing, $"Migration {row.Title} has no way back that this binary could take. Run it with the release that brought the migration, or restore a backup with 'deploy backup restore'.");

            var losses = await WayBackStakes.MeasureAsync(connection, transaction, row, known, cancellationToken).ConfigureAwait(false);
            if (losses.Count > 0) await ensureMayLose(connection, transaction, row, losses).ConfigureAwait(false);
            await _stakes.AccountAsync(connection, transaction, row.Version, row.DownSql, work, cancellationToken).ConfigureAwait(false);
            await MigrationHistory.DeleteAsync(connection, transaction, row.Version, cancellationToken).ConfigureAwait(false);
            Telemetry.MigrationsApplied.Add(1, new KeyValuePair<string, object?>("deployment.direction", "down"));
            return true;
        }, cancellationToken);

    private async Task<bool> InTransactionAsync(string moment, Func<DbConnection, DbTransaction, Task<bool>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        // Serializable takes SQLite's write lock at once: what is read here still holds at the commit.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken).ConfigureAwait(false);
        var changed = await work(connection, transaction).ConfigureAwait(false);
        if (!changed) return false;

        // A step that was given up at its timeout must not take effect late.
        cancellationToken.ThrowIfCancellationRequested();
        Boundary.Reached(moment + ": before commit");
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        Boundary.Reached(moment + ": after commit");
        return true;
    }

    private static async Task<AppliedMigration?> FindAsync(DbConnection connection, DbTransaction transaction, string version, CancellationToken cancellationToken) =>
        (await MigrationHistory.ReadAsync(connection, transaction, cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(row => MigrationVersion.Compare(row.Version, version) == 0);

    private static async Task RunAsync(DbConnection connection, DbTransaction transaction, string title, MigrationScript script, CancellationToken cancellationToken)
    {
        foreach (var statement in SqliteLexer.Read(script.Text).Statements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await SqliteDatabase.ExecuteAsync(connection, transaction, statement.Text, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e)
            {
                throw Failed(title, script, statement, e, sql => PrepareError(connection, transaction, sql));
            }

            Boundary.Reached($"statement of {title}");
        }
    }

    private async Task RunClassAsync(MigrationDefinition migration, Func<Migration, MigrationContext, Task> work, DbConnection connection, DbTransaction transaction)
    {
        try
        {
            await OwnScope.UseAsync(services, $"Migration class {migration.ClassName}", migration.Create!, logger, own => work(own, new MigrationContext(connection, transaction))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or DeploymentException))
        {
            throw DeploymentException.Failed(
                Codes.MigrationFailed, $"Migration {migration.Title} ({migration.ClassName}) failed: {e.GetType().Name}: {Sentence.Of(e)} Its transaction was rolled back. Correct the class and run 'deploy up' again. {StackText.Where}", e);
        }
    }

    private static string? PrepareError(DbConnection connection, DbTransaction transaction, string sql)
    {
        try
        {
            using var command = SqliteDatabase.Command(connection, transaction, sql);
            command.Prepare();
            return null;
        }
        catch (DbException e)
        {
            return e.Message;
        }
    }

    private static DeploymentException Failed(string title, MigrationScript script, SqlStatement statement, DbException cause, Func<string, string?> prepareError)
    {
        var (line, column) = SqlErrorLocator.Locate(statement, cause.Message, prepareError) ?? (statement.Line, statement.Column);
        return new DeploymentException(
            DeploymentOutcome.Failed,
            [
                new DeploymentMessage(
                    Codes.MigrationFailed,
                    $"Migration {title} failed at {script.File}:{line}:{column}: {cause.Message.TrimEnd('.')}. Its transaction was rolled back. Correct the statement and run 'deploy up' again.")
                {
                    File = script.File,
                    Line = line,
                    Column = column,
                    Excerpt = SourceExcerpt.Render(script.Text, line, column),
                },
            ],
            cause);
    }
}
