using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Runs a migration in C# inside a transaction. The statements that go through its context are read like a script's before they run.
/// </summary>
internal sealed class ClassRun(IServiceProvider services, ILogger logger, MigrationConnection on)
{
    /// <summary>Runs it.</summary>
    /// <returns>The tables that it made commands to drop, without this seeing when they ran.</returns>
    internal async Task<IReadOnlySet<string>> RunAsync(
        DbConnection connection,
        DbTransaction transaction,
        MigrationWork work,
        SqlNames seen,
        CancellationToken cancellationToken
    )
    {
        var dropped = new HashSet<string>(on.Dialect.Names);
        var migration = work.Class!;
        var context = new MigrationContext
        {
            Connection = connection,
            Transaction = transaction,
            Read = sql => Read(on.Dialect, work, seen, sql, dropped),
            CheckAsync = async (sql, token) =>
            {
                Read(on.Dialect, work, seen, sql, null);
                if (!work.ForeignKeysOff)
                    await CheckAsync(on.Dialect, connection, transaction, work, sql, token).ConfigureAwait(false);
            },
        };
        on.Place.Enter($"{work.Title} ({migration.ClassName})", null, default);
        try
        {
            await OwnScope
                .UseAsync(
                    services,
                    migration.ClassTitle,
                    migration.Create!,
                    logger,
                    own => CallAsync(own, work.Direction, context, cancellationToken)
                )
                .ConfigureAwait(false);
            return dropped;
        }
        catch (Exception e) when (e is not (OperationCanceledException or DeploymentException))
        {
            throw DeploymentException.Failed(
                Codes.MigrationFailed,
                $"Migration {migration.Title} ({migration.ClassName}) failed: {e.GetType().Name}: {Sentence.Of(e)} Its transaction was "
                    + $"rolled back. Correct the class and run 'deploy up' again. {StackText.Where}",
                e
            );
        }
    }

    /// <summary>Runs the next batch of one that works in batches.</summary>
    /// <returns>How many rows it changed, and how long to wait afterwards.</returns>
    internal async Task<BatchOutcome> NextAsync(
        DbConnection connection,
        DbTransaction transaction,
        MigrationWork work,
        CancellationToken cancellationToken
    )
    {
        var seen = SqlNames.Of(on.Dialect, "");
        var migration = work.Class!;
        var outcome = new BatchOutcome(0, TimeSpan.Zero);
        var context = new MigrationContext
        {
            Connection = connection,
            Transaction = transaction,
            Read = sql => Read(on.Dialect, work, seen, sql, null),
            CheckAsync = async (sql, token) =>
            {
                Read(on.Dialect, work, seen, sql, null);
                await CheckAsync(on.Dialect, connection, transaction, work, sql, token).ConfigureAwait(false);
            },
        };
        on.Place.Enter($"{work.Title} ({migration.ClassName})", null, default);
        try
        {
            await OwnScope
                .UseAsync(
                    services,
                    migration.ClassTitle,
                    migration.Create!,
                    logger,
                    async own =>
                    {
                        var batched = (BatchedMigration)own;
                        outcome = new(await batched.NextAsync(context, cancellationToken).ConfigureAwait(false), batched.Pause);
                    }
                )
                .ConfigureAwait(false);
            return outcome;
        }
        catch (Exception e) when (e is not (OperationCanceledException or DeploymentException))
        {
            throw DeploymentException.Failed(
                Codes.MigrationFailed,
                $"Migration {migration.Title} ({migration.ClassName}) failed: {e.GetType().Name}: {Sentence.Of(e)} The transaction of its last "
                    + $"batch was rolled back. Correct the class and run 'deploy up' again. {StackText.Where}",
                e
            );
        }
    }

    private static async Task CallAsync(
        Migration instance,
        MigrationDirection direction,
        MigrationContext context,
        CancellationToken cancellationToken
    )
    {
        if (direction == MigrationDirection.Down)
        {
            await instance.DownAsync(context, cancellationToken).ConfigureAwait(false);
            return;
        }

        await instance.UpAsync(context, cancellationToken).ConfigureAwait(false);
        await instance.VerifyAsync(context, cancellationToken).ConfigureAwait(false);
    }

    private static void Read(DatabaseDialect dialect, MigrationWork work, SqlNames seen, string sql, HashSet<string>? dropped)
    {
        seen.Add(sql);
        foreach (var statement in dialect.Read(sql).Statements)
        {
            if (dialect.DroppedTable(statement.Text) is { } table)
                dropped?.Add(table);
            if (dialect.WhyNotInTransaction(statement.Text) is { } reason)
                throw DeploymentException.Failed(
                    Codes.MigrationOutsideTransaction,
                    $"Migration {work.Title} ({work.Class!.ClassName}): {reason} Its transaction was rolled back."
                );
        }
    }

    /// <summary>Asks a class whether what it did is right.</summary>
    internal Task VerifyAsync(
        DbConnection connection,
        DbTransaction transaction,
        MigrationWork work,
        CancellationToken cancellationToken
    ) =>
        OwnScope.UseAsync(
            services,
            work.Class!.ClassTitle,
            work.Class.Create!,
            logger,
            own => own.VerifyAsync(new MigrationContext { Connection = connection, Transaction = transaction }, cancellationToken)
        );

    private static async Task CheckAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        MigrationWork work,
        string sql,
        CancellationToken cancellationToken
    )
    {
        foreach (var statement in dialect.Read(sql).Statements)
            await DropGuard
                .EnsureHarmlessAsync(dialect, connection, transaction, work.Title, null, statement, cancellationToken)
                .ConfigureAwait(false);
    }
}
