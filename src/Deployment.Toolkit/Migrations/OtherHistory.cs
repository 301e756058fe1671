using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// The history that another tool has left in a database. Names of tables and columns are those tools' own, as their current versions make
/// them; a table that was given another name is not found.
/// </summary>
/// <param name="Key">How commands call the tool.</param>
/// <param name="Tool">How sentences call it.</param>
/// <param name="Shapes">How its table looks, in each spelling that it has.</param>
internal sealed record OtherHistory(string Key, string Tool, params IReadOnlyList<OtherHistoryShape> Shapes)
{
    private const int MostEntries = 100_000;

    internal static readonly IReadOnlyList<OtherHistory> All =
    [
        new(
            "dbup",
            "DbUp",
            new OtherHistoryShape("schemaversions", "applied", ["scriptname"]),
            new OtherHistoryShape("SchemaVersions", "Applied", ["ScriptName"])
        ),
        new("fluentmigrator", "FluentMigrator", new OtherHistoryShape("VersionInfo", "Version", ["Version", "Description"])),
        new(
            "flyway",
            "Flyway",
            new OtherHistoryShape("flyway_schema_history", "installed_rank", ["version", "description", "script"])
            {
                Success = "success",
                Kinds = static kind =>
                    kind switch
                    {
                        "BASELINE" => OtherEntryKind.Baseline,
                        "SCHEMA" => OtherEntryKind.None,
                        _ when kind.StartsWith("UNDO", StringComparison.Ordinal) || kind == "DELETE" => OtherEntryKind.Undo,
                        _ => OtherEntryKind.Migration,
                    },
            }
        ),
        new(
            "evolve",
            "Evolve",
            new OtherHistoryShape("changelog", "id", ["version", "description", "name"])
            {
                Success = "success",
                // Migration, NewSchema, EmptySchema, StartVersion, RepeatableMigration.
                Kinds = static kind =>
                    kind switch
                    {
                        "0" => OtherEntryKind.Migration,
                        "3" => OtherEntryKind.Baseline,
                        _ => OtherEntryKind.None,
                    },
            }
        ),
        new("ef", "EF Core", new OtherHistoryShape("__EFMigrationsHistory", "MigrationId", ["MigrationId"])),
    ];

    internal static OtherHistory? Find(string key) => All.FirstOrDefault(tool => tool.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a table is one of its own.</summary>
    internal bool IsIn(string table) => Shapes.Any(shape => shape.Table == table);

    /// <summary>What it says; <see langword="null"/> when the database has none.</summary>
    internal async Task<OtherEntries?> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        foreach (var shape in Shapes)
        {
            if (!await shape.IsThereAsync(dialect, connection, transaction, cancellationToken).ConfigureAwait(false))
                continue;

            await using var command = Sql.Command(
                connection,
                transaction,
                $"SELECT {string.Join(", ", shape.Selected.Select(dialect.Quote))} FROM {dialect.Quote(shape.Table)} "
                    + $"ORDER BY {dialect.Quote(shape.Order)} LIMIT {MostEntries}"
            );
            return new OtherEntries(this, shape.Table, await ReadAsync(command, shape, cancellationToken).ConfigureAwait(false));
        }

        return null;
    }

    private static async Task<IReadOnlyList<OtherEntry>> ReadAsync(
        DbCommand command,
        OtherHistoryShape shape,
        CancellationToken cancellationToken
    )
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var entries = new List<OtherEntry>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var kind = shape.Kinds?.Invoke(Text("type") ?? "") ?? OtherEntryKind.Migration;
            // Scripts that are run again whenever they change have no version: they count for nothing here.
            if (kind == OtherEntryKind.None || Text(shape.Named[0]) is not { Length: > 0 } id)
                continue;
            if (kind == OtherEntryKind.Undo)
                entries.RemoveAll(entry => entry.Id == id);
            else
                entries.Add(
                    new OtherEntry(
                        id,
                        shape.Named.Count > 1 ? Text(shape.Named[1]) : null,
                        shape.Named.Count > 2 ? Text(shape.Named[2]) : null
                    )
                    {
                        IsBaseline = kind == OtherEntryKind.Baseline,
                        IsFailed =
                            shape.Success is { } success
                            && !Convert.ToBoolean(reader.GetValue(reader.GetOrdinal(success)), CultureInfo.InvariantCulture),
                    }
                );

            string? Text(string column)
            {
                var at = reader.GetOrdinal(column);
                return reader.IsDBNull(at) ? null : Convert.ToString(reader.GetValue(at), CultureInfo.InvariantCulture);
            }
        }

        return entries;
    }
}

/// <summary>A table of another tool's history.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Order">The column by which it is sorted.</param>
/// <param name="Named">The columns that name a migration: a version or a file, and where it has them, a description and a file.</param>
internal sealed record OtherHistoryShape(string Table, string Order, IReadOnlyList<string> Named)
{
    /// <summary>The column that says whether it went well, where there is one.</summary>
    internal string? Success { get; init; }

    /// <summary>What the column <c>type</c> says, where there is one.</summary>
    internal Func<string, OtherEntryKind>? Kinds { get; init; }

    internal IEnumerable<string> Selected =>
        [.. Named, .. Success is null ? [] : (string[])[Success], .. Kinds is null ? [] : (string[])["type"]];

    /// <summary>Whether the table is there, and is what it is taken for: an app may have one of its own by that name.</summary>
    internal async Task<bool> IsThereAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if ((await dialect.FindTablesAsync(connection, transaction, [Table], cancellationToken).ConfigureAwait(false)).Count == 0)
            return false;

        foreach (var column in Selected.Append(Order))
        {
            if (!await dialect.HasColumnAsync(connection, transaction, Table, column, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }
}

/// <summary>What an entry of another tool's history is.</summary>
internal enum OtherEntryKind
{
    /// <summary>A migration.</summary>
    Migration,

    /// <summary>The version that a database had when the tool came to it.</summary>
    Baseline,

    /// <summary>Takes the earlier entry of its version back.</summary>
    Undo,

    /// <summary>Nothing that has a version.</summary>
    None,
}

/// <summary>What another tool's history says.</summary>
internal sealed record OtherEntries(OtherHistory History, string Table, IReadOnlyList<OtherEntry> Entries);

/// <summary>A migration as another tool names it.</summary>
/// <param name="Id">Its version, or its file.</param>
/// <param name="Description">What it does, where the tool says so.</param>
/// <param name="File">Its file, where that is not its version.</param>
internal sealed record OtherEntry(string Id, string? Description, string? File)
{
    /// <summary>Whether it stands for all below it, too.</summary>
    internal bool IsBaseline { get; init; }

    /// <summary>Whether the tool says that it broke off.</summary>
    internal bool IsFailed { get; init; }

    public override string ToString() => File ?? (Description is { Length: > 0 } ? $"{Id} {Description}" : Id);
}
