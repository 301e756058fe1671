using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Lint;

/// <summary>What is known and found while a script is judged.</summary>
/// <param name="run">What the scripts before it have made.</param>
/// <param name="text">The script.</param>
/// <param name="statements">Its statements.</param>
/// <param name="isOutside">Whether it runs outside a transaction.</param>
internal sealed class LintWork(LintRun run, string text, IReadOnlyList<LintStatement> statements, bool isOutside)
{
    // Kinds of what later statements do to a name, beside those of what they make.
    private const string Dropped = "dropped";
    private const string RenamedTo = "renamed to ";

    private Dictionary<(string Kind, string Name), int>? _madeLater;
    private Dictionary<string, string>? _standsInFor;

    internal LintRun Run => run;

    internal string Text => text;

    internal bool IsOutside => isOutside;

    internal List<LintFinding> Findings { get; } = [];

    /// <summary>Which statement is judged.</summary>
    internal int Index { get; set; }

    /// <summary>Whether statements before have said how long one may wait for a lock.</summary>
    internal bool LimitsLocks { get; set; }

    /// <summary>The table in use that a statement before keeps locked until the commit; <see langword="null"/> when none.</summary>
    internal LintName? Locked { get; private set; }

    /// <summary>Whether it was said that rows are written under that lock.</summary>
    internal bool IsToldOfBackfill { get; set; }

    /// <summary>Constraints that were added in this script and not checked against the rows.</summary>
    internal HashSet<string> NotValidated { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal void Report(LintRule rule, LintStatement place, string what, string? instead = null) =>
        Findings.Add(new LintFinding(rule, place.Start, place.End, what) { Instead = instead });

    internal bool IsNew(LintName table) => run.IsNew(LintKinds.Table, table);

    internal bool IsSurelyNew(LintName table) => run.IsSurelyNew(LintKinds.Table, table);

    /// <summary>Notes that a statement keeps a table from everybody else until the commit.</summary>
    internal void Lock(LintName table)
    {
        if (!isOutside && !IsNew(table))
            Locked ??= table;
    }

    /// <summary>Whether a later statement of the script makes something of this name, or gives the name to something.</summary>
    internal bool IsMadeLater(string kind, LintName name) => IsLater(kind, name.Name);

    /// <summary>
    /// Whether a later statement makes a table of this name, which then takes the place of another one: what is dropped before it is left
    /// from an attempt that failed.
    /// </summary>
    internal bool IsStandInLater(LintName name) =>
        IsLater(LintKinds.Table, name.Name)
        && _standsInFor!.TryGetValue(name.Name.ToUpperInvariant(), out var other)
        && IsLater(RenamedTo + other, name.Name)
        && IsLater(Dropped, other);

    private bool IsLater(string kind, string name)
    {
        _madeLater ??= ReadLater();
        return _madeLater.TryGetValue((kind, name.ToUpperInvariant()), out var at) && at > Index;
    }

    // Once for all questions: a script may have as many statements as it likes.
    private Dictionary<(string Kind, string Name), int> ReadLater()
    {
        var later = new Dictionary<(string Kind, string Name), int>();
        _standsInFor = new(StringComparer.Ordinal);
        for (var at = 0; at < statements.Count; at++)
        {
            var statement = statements[at].Again();
            if (LintKinds.TakeCreated(statement) is { } kind && statement.TakeTable() is { } made)
                later[(kind, made.Name.ToUpperInvariant())] = at;
            statement = statements[at].Again();
            if (
                statement.Take("ALTER", "TABLE")
                && (statement.TakeIf() || true)
                && statement.TakeTable() is { } before
                && statement.Take("RENAME", "TO")
                && statement.TakeTable() is { } renamed
            )
            {
                var (name, other) = (before.Name.ToUpperInvariant(), renamed.Name.ToUpperInvariant());
                later[(LintKinds.Renamed, other)] = at;
                later[(RenamedTo + other, name)] = at;
                _standsInFor[name] = other;
            }

            statement = statements[at].Again();
            if (statement.Take("DROP", "TABLE") && (statement.TakeIf() || true))
            {
                foreach (var part in statement.Parts())
                {
                    if (part.TakeTable() is { } dropped)
                        later[(Dropped, dropped.Name.ToUpperInvariant())] = at;
                }
            }
        }

        return later;
    }
}
