using System.Collections.Generic;

namespace Deployment.Toolkit.Lint;

/// <summary>
/// What earlier scripts of a run have made, and this one so far: what nobody has seen yet, no release uses, and no row is in it.
/// </summary>
internal sealed class LintRun
{
    private readonly HashSet<(string Kind, string Schema, string Name)> _made = [];
    private readonly HashSet<(string Schema, string Name)> _checked = [];

    internal void Make(string kind, LintName name) => _made.Add((kind, Folded(name.Schema), Folded(name.Name)));

    internal bool Forget(string kind, LintName name) => _made.Remove((kind, Folded(name.Schema), Folded(name.Name)));

    internal bool IsNew(string kind, LintName name) => _made.Contains((kind, Folded(name.Schema), Folded(name.Name)));

    /// <summary>Notes that a constraint of a table was checked against its rows.</summary>
    internal void Check(LintName table) => _checked.Add((Folded(table.Schema), Folded(table.Name)));

    internal bool IsChecked(LintName table) => _checked.Contains((Folded(table.Schema), Folded(table.Name)));

    // Two that differ by case alone are too rare to be told apart.
    private static string Folded(string name) => name.ToUpperInvariant();
}
