using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// What a database's catalogue says of the app's own things. What the database, its modules and the toolkit keep for themselves is left
/// out.
/// </summary>
/// <param name="names">How names compare.</param>
internal abstract class Catalogue(StringComparer names)
{
    private readonly List<CatalogueObject> _objects = [];
    private readonly Dictionary<(string Type, string Name), CatalogueObject> _byName = [];
    private readonly Dictionary<string, CatalogueObject> _tables = new(names);

    /// <summary>The app's tables, indexes, views, triggers and the like; what is added comes last.</summary>
    internal IReadOnlyList<CatalogueObject> Objects => _objects;

    /// <summary>The tables of which the app's rows are read.</summary>
    internal IEnumerable<CatalogueObject> Tables => _objects.Where(static found => found.Source is not null);

    internal TableReferences References { get; } = new(names);

    /// <summary>A table by its name, as scripts may write it; <see langword="null"/> when there is none, or it isn't the app's.</summary>
    internal virtual CatalogueObject? FindTable(string name) => _tables.GetValueOrDefault(name);

    /// <summary>Reads what was added since.</summary>
    /// <returns>Whether that is all that happened; otherwise it has to be read anew.</returns>
    internal abstract Task<bool> TryReadAddedAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    );

    protected CatalogueObject? Find(string type, string name) => _byName.GetValueOrDefault((type, name));

    protected void Add(CatalogueObject found)
    {
        _objects.Add(found);
        _byName[(found.Type, found.Name)] = found;
        if (found.Type == CatalogueObject.TableType)
            _tables[found.Name] = found;
        else if (found.Type is CatalogueObject.TriggerType or CatalogueObject.RuleType)
            References.Add(found);
    }
}

/// <summary>A table, index, view, trigger or the like of the app, as the catalogue has it.</summary>
/// <param name="type">Which of these.</param>
/// <param name="name">Its name.</param>
/// <param name="table">The table that it belongs to.</param>
/// <param name="sql">What makes it.</param>
/// <param name="source">Of a table whose rows are the app's: what to read them from, as SQL.</param>
internal abstract class CatalogueObject(string type, string name, string table, string sql, string? source)
{
    internal const string TableType = "table";
    internal const string SchemaType = "schema";
    internal const string TriggerType = "trigger";

    /// <summary>What rewrites a statement, and may pass it on as a trigger does.</summary>
    internal const string RuleType = "rule";

    private ulong? _hash;

    internal string Type => type;

    internal string Name => name;

    internal string Table => table;

    internal string Sql => sql;

    internal string? Source => source;

    /// <summary>Whether its rows are made up by something that decides itself what a statement does to them.</summary>
    internal virtual bool IsVirtual => false;

    /// <summary>Tells it from a table or index of the same name.</summary>
    internal string Key => $"{type} {name}";

    /// <summary>Of what makes it.</summary>
    internal ulong Hash => _hash ??= RowDigest.Hash(sql);

    /// <summary>What it speaks of.</summary>
    internal abstract SqlNames Names { get; }

    /// <summary>Whether a statement sets it off, which is a trigger or a rule.</summary>
    /// <param name="verb">INSERT, UPDATE or DELETE.</param>
    internal abstract bool FiresOn(string verb);
}
