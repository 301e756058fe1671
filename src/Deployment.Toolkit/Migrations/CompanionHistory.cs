using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// A history that another tool keeps of some of the migrations. That tool may be used beside the toolkit: what it applied counts as
/// applied, and what it took back as pending.
/// </summary>
internal sealed class CompanionHistory(
    MigrationSource source,
    IServiceProvider services,
    DatabaseDialect dialect,
    IReadOnlyList<MigrationDefinition> definitions
)
{
    private readonly HashSet<string> _owned = [.. definitions.Select(static definition => MigrationVersion.Normal(definition.Version))];

    internal string Table => source.HistoryTable;

    /// <summary>Whether a table is the one that it lies in, as the database's catalogue calls it.</summary>
    internal bool IsIn(string table) => table == dialect.NameOf(source.HistorySchema, Table);

    /// <summary>Whether something in the database is there for it: its table with what that has, and the schema of it.</summary>
    internal bool Has(CatalogueObject found) =>
        IsIn(found.Table)
        || (source.HistorySchema is { } schema && found.Type == CatalogueObject.SchemaType && found.Name == dialect.NameOf(schema, schema));

    /// <summary>What the toolkit's own history would have to say to agree with it.</summary>
    internal async Task<HistoryDifference> CompareAsync(
        IReadOnlyList<AppliedMigration> rows,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        var applied = (
            await source.ReadAppliedAsync(services, dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
        ).ToHashSet(StringComparer.Ordinal);
        var theirs = applied.Select(MigrationVersion.Normal).ToHashSet(StringComparer.Ordinal);
        var ours = rows.Select(static row => MigrationVersion.Normal(row.Version)).ToHashSet(StringComparer.Ordinal);
        return new HistoryDifference(
            [
                .. definitions.Where(definition =>
                    theirs.Contains(MigrationVersion.Normal(definition.Version))
                    && !ours.Contains(MigrationVersion.Normal(definition.Version))
                ),
            ],
            [
                .. rows.Where(row =>
                    _owned.Contains(MigrationVersion.Normal(row.Version)) && !theirs.Contains(MigrationVersion.Normal(row.Version))
                ),
            ]
        );
    }
}

/// <summary>In what the toolkit's history and another tool's differ.</summary>
/// <param name="Adopted">What the other has as applied, and the toolkit's lacks.</param>
/// <param name="Gone">What the toolkit's has, and the other took back.</param>
internal sealed record HistoryDifference(IReadOnlyList<MigrationDefinition> Adopted, IReadOnlyList<AppliedMigration> Gone)
{
    // No run applied it.
    private const string NoRun = "";

    /// <summary>The history as it is in truth.</summary>
    internal IReadOnlyList<AppliedMigration> ApplyTo(IReadOnlyList<AppliedMigration> rows) =>
        IsNone ? rows : [.. rows.Except(Gone), .. Adopted.Select(static definition => definition.ToApplied(NoRun))];

    internal bool IsNone => Adopted.Count + Gone.Count == 0;

    /// <summary>Makes the toolkit's own say so.</summary>
    internal async Task WriteAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        MigrationWriter writer,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        foreach (var row in Gone)
            await MigrationHistory.RemoveAsync(dialect, connection, transaction, row.Version, cancellationToken).ConfigureAwait(false);
        foreach (var definition in Adopted)
            await MigrationHistory
                .InsertAsync(
                    dialect,
                    connection,
                    transaction,
                    definition,
                    writer,
                    at,
                    TimeSpan.Zero,
                    contents: null,
                    atStake: null,
                    cancellationToken
                )
                .ConfigureAwait(false);
    }
}
