namespace Deployment.Toolkit.Databases;

/// <summary>A foreign key of a table, with what happens to its rows when the row that they refer to goes.</summary>
internal sealed record ForeignKey(string Child, string Parent, string OnDelete, string OnUpdate)
{
    internal List<string> Columns { get; } = [];

    /// <summary>Whether rows of the child change when rows of the parent are deleted.</summary>
    internal bool ActsOnDelete => OnDelete is "CASCADE" or "SET NULL" or "SET DEFAULT";

    internal bool Acts => ActsOnDelete || OnUpdate is "CASCADE" or "SET NULL" or "SET DEFAULT";
}

/// <summary>Which tables change along when another one does: by foreign keys and by triggers.</summary>
internal sealed class TableReferences
{
    private readonly List<ForeignKey> _keys = [];
    private readonly Dictionary<string, List<ForeignKey>> _byParent = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<CatalogueObject>> _triggers = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyList<ForeignKey> Keys => _keys;

    internal void Add(IReadOnlyList<ForeignKey> keys)
    {
        foreach (var key in keys)
        {
            _keys.Add(key);
            if (!_byParent.TryGetValue(key.Parent, out var same))
                _byParent[key.Parent] = same = [];
            same.Add(key);
        }
    }

    internal void Add(CatalogueObject trigger)
    {
        if (!_triggers.TryGetValue(trigger.Table, out var same))
            _triggers[trigger.Table] = same = [];
        same.Add(trigger);
    }

    /// <summary>The foreign keys that refer to a table.</summary>
    internal IReadOnlyList<ForeignKey> To(string table) => _byParent.GetValueOrDefault(table, []);

    /// <summary>The triggers on a table.</summary>
    internal IReadOnlyList<CatalogueObject> TriggersOn(string table) => _triggers.GetValueOrDefault(table, []);

    /// <summary>What may change along when something changes the named: tables, and words that are none.</summary>
    /// <param name="names">What is named.</param>
    /// <param name="follows">Which foreign keys pass a change on.</param>
    internal HashSet<string> Reach(IEnumerable<string> names, Func<ForeignKey, bool> follows)
    {
        var reached = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (Keys.Count == 0 && _triggers.Count == 0)
            return reached;

        var waiting = new Queue<string>(names);
        var seen = new HashSet<string>(waiting, StringComparer.OrdinalIgnoreCase);
        while (waiting.TryDequeue(out var name))
        {
            foreach (
                var next in To(name)
                    .Where(follows)
                    .Select(static key => key.Child)
                    .Concat(TriggersOn(name).SelectMany(static trigger => trigger.Names.All))
            )
            {
                reached.Add(next);
                if (seen.Add(next))
                    waiting.Enqueue(next);
            }
        }

        return reached;
    }
}
