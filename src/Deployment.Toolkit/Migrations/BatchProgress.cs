using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>How far batches are, and how far they can come.</summary>
internal sealed class BatchProgress(DatabaseDialect dialect, TimeProvider time)
{
    // How many rows earlier attempts have done; nothing when it is applied.
    internal async Task<long?> BeginAsync(MigrationDefinition migration, MigrationConnection on, CancellationToken cancellationToken)
    {
        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        var transaction = await on.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var end = new TransactionEnd(transaction);
        if (await on.FindAsync(migration.Version, transaction, cancellationToken).ConfigureAwait(false) is not null)
            return null;

        if (!dialect.CommitsSchemaChanges)
        {
            var begun = await MigrationAttempts
                .BeginAsync(
                    dialect,
                    connection,
                    transaction,
                    migration.Version,
                    MigrationDirection.Up,
                    on.Writer,
                    time.GetUtcNow(),
                    cancellationToken
                )
                .ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await on.CommitAsync(transaction).ConfigureAwait(false);
            return begun?.Done ?? 0;
        }

        var earlier = (
            await MigrationAttempts.ReadAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
        ).FirstOrDefault(attempt => attempt.Version == migration.Version && attempt.Direction == MigrationDirection.Up);
        await StatementProgress
            .BeginAsync(
                dialect,
                connection,
                transaction,
                migration.Version,
                MigrationDirection.Up,
                on.Writer,
                time.GetUtcNow(),
                earlier is not null,
                cancellationToken
            )
            .ConfigureAwait(false);
        return earlier?.Done ?? 0;
    }

    internal async Task AdvanceAsync(
        string version,
        long done,
        MigrationWriter writer,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            $"UPDATE {dialect.Own(OwnTables.Attempts)} SET done = @done WHERE version = @version AND run = @run AND fence = @fence",
            ("@done", done),
            ("@version", version),
            ("@run", writer.Run),
            ("@fence", writer.Fence)
        );
        if (await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
            throw HalfApplied.TakenOver(version);
    }

    // Of a class nobody knows which rows it means: the limit of the step's time is all that ends it.
    internal async Task<long> MostAsync(MigrationDefinition migration, MigrationConnection on, CancellationToken cancellationToken)
    {
        if (migration.Up is not { } script)
            return long.MaxValue;

        var connection = await on.OpenAsync(cancellationToken).ConfigureAwait(false);
        var catalogue = await on.CatalogueAsync(null, cancellationToken).ConfigureAwait(false);
        var most = 0L;
        foreach (
            var table in dialect
                .NamesIn(script.Text)
                .Select(catalogue.FindTable)
                .OfType<CatalogueObject>()
                .Where(static table => table.Source is not null)
                .DistinctBy(static table => table.Source)
        )
            most += Convert.ToInt64(
                await Sql.LongScalarAsync(dialect, connection, null, $"SELECT count(*) FROM {table.Source}", cancellationToken)
                    .ConfigureAwait(false),
                CultureInfo.InvariantCulture
            );
        return most;
    }

    internal static DeploymentException Endless(MigrationDefinition migration, long done, long most) =>
        DeploymentException.Failed(
            Codes.BatchWithoutEnd,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Migration {migration.Title} has changed {done} rows of tables that have {most}, so it changes the same ones again and again. It "
            )
                + $"was stopped. Let the statement of '{migration.Up!.File}' leave out what it has changed already, with a WHERE that is no longer "
                + "so."
        );
}
