using System;
using System.Collections.Generic;
using System.Linq;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Lint;

/// <summary>
/// What a script's comments allow. <c>-- dtk-allow DTK5004: why</c> is for the statement in which it stands, behind which it stands on its
/// line, or which follows it; <c>-- dtk-disable DTK5004: why</c> is for the whole script, and <c>-- dtk-disable-next-line DTK5004: why</c>
/// for the line below. Without a reason they count for nothing. A script that says <c>-- contracts-after: 1.4.0</c> may drop.
/// </summary>
internal sealed class LintAllowances
{
    internal const string Allow = "dtk-allow";
    private const string Disable = "dtk-disable";
    private const string NextLine = "-next-line";
    private const string Contracts = "contracts-after:";

    // A script with that mark doesn't run while a release that needs these is live.
    private static readonly LintRule[] s_contracted = [LintRules.DropTable, LintRules.DropColumn, LintRules.DropView, LintRules.DropSchema];

    private static readonly string[] s_allowed =
    [
        Codes.MigrationLoses,
        Codes.MigrationLocks,
        Codes.MigrationType,
        Codes.MigrationAllowance,
    ];

    private static readonly char[] s_lineEnds = ['\r', '\n'];

    // Sorted by where they start, as scripts are read.
    private readonly List<(int From, int To, string Code)> _allowed = [];

    private bool _contracts;

    private LintAllowances() { }

    /// <summary>Whether nothing but blanks stands before a comment on its line.</summary>
    internal static bool StandsAlone(string text, int start)
    {
        for (var at = start - 1; at >= 0 && text[at] is not ('\n' or '\r'); at--)
        {
            if (!char.IsWhiteSpace(text[at]))
                return false;
        }

        return true;
    }

    /// <summary>What counts for nothing.</summary>
    internal List<LintFinding> Faults { get; } = [];

    internal static LintAllowances Of(string text, LintScript script)
    {
        var allowances = new LintAllowances();
        var next = 0;
        foreach (var comment in script.Comments)
        {
            while (next < script.Statements.Count && script.Statements[next].Start < comment.Start)
                next++;
            var said = comment.Text.Trim();
            if (said.StartsWith(Allow, StringComparison.OrdinalIgnoreCase))
                allowances.Take(said.Substring(Allow.Length), comment, () => StatementOf(text, script, comment, next));
            else if (said.StartsWith(Disable + NextLine, StringComparison.OrdinalIgnoreCase))
                allowances.Take(said.Substring(Disable.Length + NextLine.Length), comment, () => LineBelow(text, comment));
            else if (said.StartsWith(Disable, StringComparison.OrdinalIgnoreCase))
                allowances.Take(said.Substring(Disable.Length), comment, () => (0, text.Length));
            else if (said.StartsWith(Contracts, StringComparison.OrdinalIgnoreCase) && StandsAlone(text, comment.Start))
                allowances._contracts |= said.Length > Contracts.Length;
        }

        allowances._allowed.Sort(static (a, b) => a.From.CompareTo(b.From));
        return allowances;
    }

    /// <summary>What of these nobody has allowed.</summary>
    /// <param name="findings">The findings, by where they start.</param>
    internal IEnumerable<LintFinding> Left(IEnumerable<LintFinding> findings)
    {
        if (_contracts)
            findings = findings.Where(static finding => !s_contracted.Contains(finding.Rule));
        if (_allowed.Count == 0)
            return findings;

        // The furthest end of those that have begun, by code: findings come in order, so each allowance is looked at once.
        var ends = new Dictionary<string, int>(StringComparer.Ordinal);
        var at = 0;
        return findings
            .Where(finding =>
            {
                for (; at < _allowed.Count && _allowed[at].From <= finding.Start; at++)
                    ends[_allowed[at].Code] = Math.Max(_allowed[at].To, ends.TryGetValue(_allowed[at].Code, out var end) ? end : 0);
                return !ends.TryGetValue(finding.Rule.Code, out var last) || finding.Start >= last;
            })
            .ToList();
    }

    private static (int From, int To)? StatementOf(string text, LintScript script, LintComment comment, int next)
    {
        if (next > 0)
        {
            var before = script.Statements[next - 1];
            // The ; stands behind the statement's end.
            if (comment.Start < before.End || text.IndexOfAny(s_lineEnds, before.End, comment.Start - before.End) < 0)
                return (before.Start, before.End);
        }

        return next < script.Statements.Count ? (script.Statements[next].Start, script.Statements[next].End) : null;
    }

    private static (int From, int To)? LineBelow(string text, LintComment comment)
    {
        var end = text.IndexOfAny(s_lineEnds, comment.Start);
        if (end < 0)
            return null;
        var from = end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
        var to = from < text.Length ? text.IndexOfAny(s_lineEnds, from) : -1;
        return (from, to < 0 ? text.Length : to + 1);
    }

    private void Take(string said, LintComment comment, Func<(int From, int To)?> scope)
    {
        var colon = said.IndexOf(':');
        var codes = (colon < 0 ? said : said.Substring(0, colon)).Split(',').Select(static code => code.Trim()).ToList();
        if (codes.TrueForAll(static code => !Array.Exists(s_allowed, known => known.Equals(code, StringComparison.OrdinalIgnoreCase))))
        {
            // Other rules are allowed with the same words, by whoever knows them.
            if (!codes.TrueForAll(static code => code.Length == 7 && code.StartsWith("DTK", StringComparison.OrdinalIgnoreCase)))
                Fault(
                    comment,
                    $"names no code that can be allowed. Write it as '-- {Allow} {Codes.MigrationLocks}: the table is empty'; "
                        + $"{string.Join(", ", s_allowed)} can be allowed."
                );
            return;
        }

        if (colon < 0 || said.Substring(colon + 1).Trim().Length == 0)
        {
            Fault(
                comment,
                $"gives no reason, so it allows nothing. Say why it is harmless here: '-- {Allow} {codes[0]}: the table is empty'."
            );
            return;
        }

        if (scope() is var (from, to))
            _allowed.AddRange(codes.Select(code => (from, to, code.ToUpperInvariant())));
    }

    private void Fault(LintComment comment, string defect) =>
        Faults.Add(new LintFinding(LintRules.Allowance, comment.Start, comment.End, $"Comment '{Shown(comment.Text.Trim())}' {defect}"));

    private static string Shown(string text) => text.Length > 60 ? $"{text.Substring(0, 60)}…" : text;
}
