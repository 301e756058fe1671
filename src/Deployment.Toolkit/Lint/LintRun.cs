using System.Collections.Generic;

namespace Deployment.Toolkit.Lint;

/// <summary>
/// What earlier scripts of a run have made, and this one so far: what nobody has seen yet, no release uses, and no row is in it.
/// </summary>
internal sealed class LintRun
{
    // With whether it can't have been there before.
    private readonly Dictionary<(string Kind, string Schema, string Name), bool> _made = [];
    private readonly HashSet<(string Schema, string Name)> _checked = [];
    private readonly HashSet<(string Schema, string Name)> _inUse = [];

    internal void Make(string kind, LintName name, bool isSure = true) => _made[Key(kind, name)] = isSure;

    internal bool Forget(string kind, LintName name) => _made.Remove(Key(kind, name));

    internal bool IsNew(string kind, LintName name) => _made.ContainsKey(Key(kind, name));

    /// <summary>Whether the run has made it for sure: IF NOT EXISTS may have met one that is full and in use.</summary>
    internal bool IsSurelyNew(string kind, LintName name) => _made.TryGetValue(Key(kind, name), out var isSure) && isSure;

    /// <summary>Notes that what bears this name after the script is in use or holds rows that were, though the script makes it.</summary>
    internal void Keep(LintName name) => _inUse.Add((Folded(name.Schema), Folded(name.Name)));

    internal bool IsKept(LintName name) => _inUse.Contains((Folded(name.Schema), Folded(name.Name)));

    /// <summary>Ends a script: those behind it meet rows in what has taken the place of something in use.</summary>
    internal void EndScript()
    {
        foreach (var (schema, name) in _inUse)
        {
            _made.Remove((LintKinds.Table, schema, name));
            _made.Remove((LintKinds.View, schema, name));
        }

        _inUse.Clear();
    }

    /// <summary>Notes that a constraint of a table was checked against its rows.</summary>
    internal void Check(LintName table) => _checked.Add((Folded(table.Schema), Folded(table.Name)));

    internal bool IsChecked(LintName table) => _checked.Contains((Folded(table.Schema), Folded(table.Name)));

    private static (string Kind, string Schema, string Name) Key(string kind, LintName name) =>
        (kind, Folded(name.Schema), Folded(name.Name));

    // Two that differ by case alone are too rare to be told apart.
    private static string Folded(string name) => name.ToUpperInvariant();
}
