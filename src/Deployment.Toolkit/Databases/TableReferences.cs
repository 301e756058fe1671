namespace Deployment.Toolkit.Databases;

/// <summary>A foreign key of a table, with what happens to its rows when the row that they refer to goes.</summary>
internal sealed record ForeignKey(string Child, string Parent, string OnDelete, string OnUpdate)
{
    internal List<string> Columns { get; } = [];

    /// <summary>Whether rows of the child change when rows of the parent are deleted.</summary>
    internal bool ActsOnDelete => OnDelete is "CASCADE" or "SET NULL" or "SET DEFAULT";

    internal bool Acts => ActsOnDelete || OnUpdate is "CASCADE" or "SET NULL" or "SET DEFAULT";
}

/// <summary>Which tables change along when another one does: by foreign keys, by triggers and by rules.</summary>
/// <param name="names">How names compare.</param>
internal sealed class TableReferences(StringComparer names)
{
    private readonly List<ForeignKey> _keys = [];
    private readonly Dictionary<string, List<ForeignKey>> _byParent = new(names);
    private readonly Dictionary<string, List<CatalogueObject>> _triggers = new(names);
    private readonly Dictionary<string, List<CatalogueObject>> _routines = new(names);

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

    /// <summary>Adds what a statement may call by its name.</summary>
    internal void AddRoutine(string name, CatalogueObject routine)
    {
        if (!_routines.TryGetValue(name, out var same))
            _routines[name] = same = [];
        same.Add(routine);
    }

    /// <summary>The foreign keys that refer to a table.</summary>
    internal IReadOnlyList<ForeignKey> To(string table) => _byParent.GetValueOrDefault(table, []);

    /// <summary>The triggers on a table, and its rules.</summary>
    internal IReadOnlyList<CatalogueObject> TriggersOn(string table) => _triggers.GetValueOrDefault(table, []);

    /// <summary>What may change along when something changes the named: tables, and words that are none.</summary>
    /// <param name="named">What is named.</param>
    /// <param name="follows">Which foreign keys pass a change on.</param>
    internal HashSet<string> Reach(IEnumerable<string> named, Func<ForeignKey, bool> follows)
    {
        var reached = new HashSet<string>(names);
        if (Keys.Count == 0 && _triggers.Count == 0 && _routines.Count == 0)
            return reached;

        var waiting = new Queue<string>(named);
        var seen = new HashSet<string>(waiting, names);
        while (waiting.TryDequeue(out var name))
        {
            foreach (
                var next in To(name)
                    .Where(follows)
                    .Select(static key => key.Child)
                    .Concat(TriggersOn(name).SelectMany(static trigger => trigger.Names.All))
                    .Concat(_routines.GetValueOrDefault(name, []).SelectMany(static routine => routine.Names.All))
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
