using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>One batch of a script: its statement, once.</summary>
internal sealed class BatchStatement(TargetDatabase database)
{
    private DatabaseDialect Dialect => database.Dialect;

    internal async Task<BatchOutcome> RunAsync(
        MigrationDefinition migration,
        MigrationWork work,
        MigrationScript script,
        MigrationConnection on,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var statement = migration.UpScript.Statements[0];
        on.Place.Enter(work.Title, script, statement);
        var others = await UnnamedTables
            .OfScriptAsync(on, connection, transaction, SqlNames.Of(Dialect, script.Text), work.ChangesRows, cancellationToken)
            .ConfigureAwait(false);
        int rows;
        try
        {
            await using var command = Sql.Command(connection, transaction, statement.Text);
            command.CommandTimeout = 0;
            rows = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ScriptFailure.OfStatement(
                database,
                work.Title,
                script,
                statement,
                e,
                static _ => null,
                work.Direction,
                "The batches before it are done, and this one was rolled back."
            );
        }

        if (
            await others.DifferencesAsync(on, connection, transaction, null, cancellationToken).ConfigureAwait(false) is
            { Length: > 0 } changed
        )
            throw MigrationRefusal.OtherRows(work, changed);
        if (rows > migration.Markers.Batch)
            throw DeploymentException.Failed(
                Codes.BatchWithoutEnd,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Migration {work.Title} ({script.File}:{statement.Line}:{statement.Column}) changed {rows} rows at once, and says "
                )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"'-- batch: {migration.Markers.Batch}'. That batch was rolled back. Let the statement pick so many rows with LIMIT."
                    )
            );
        return new BatchOutcome(rows, migration.Markers.BatchPause);
    }
}

/// <summary>What a batch did.</summary>
/// <param name="Rows">How many rows it changed.</param>
/// <param name="Pause">How long to wait afterwards.</param>
internal sealed record BatchOutcome(int Rows, TimeSpan Pause);
