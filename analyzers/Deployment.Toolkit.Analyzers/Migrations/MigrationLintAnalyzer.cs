using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Deployment.Toolkit.Lint;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// DTK5003 to DTK5005, DTK5007, DTK5008: what <c>deploy migrations lint</c> says of a script, said while it is written. Each script is
/// judged by itself: which others are pending only a database knows.
/// </summary>
public sealed class MigrationLintAnalyzer : CodeRule
{
    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> s_rules = new[]
    {
        Rules.StatementLoses,
        Rules.StatementLocks,
        Rules.StatementOutsideTransaction,
        Rules.ColumnType,
        Rules.Allowance,
    }.ToImmutableDictionary(rule => rule.Id);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [.. s_rules.Values];

    internal override void Start(CodeActions code) => code.Context.RegisterAdditionalFileAction(Analyze);

    private static void Analyze(AdditionalFileAnalysisContext context)
    {
        if (MigrationScripts.Of(context) is not { File: { Version.Length: > 0, IsDown: false } file } scripts || IsEarlier(scripts))
        {
            return;
        }

        if (DialectOf(scripts, context) is not { } dialect)
        {
            return;
        }

        var text = scripts.Text.ToString();
        var isOutside = MigrationFile.Comments(scripts.Text).Any(comment => SaysOutside(comment.Text)) || dialect.RunsOutside(text);
        foreach (var finding in ScriptLint.Judge(dialect, text, new LintRun(), isOutside))
        {
            var rule = s_rules[finding.Rule.Code];
            scripts.ReportAt(
                rule,
                finding.Rule.Severity is LintSeverity.Information ? DiagnosticSeverity.Info : rule.DefaultSeverity,
                TextSpan.FromBounds(finding.Start, finding.End),
                Message(finding)
            );
        }

        foreach (var (line, column, why) in dialect.Misplaced(text, isOutside))
        {
            // The engine counts lines as databases do, an editor a few more.
            var start = OffsetOf(text, line, column);
            scripts.ReportAt(
                Rules.StatementOutsideTransaction,
                Rules.StatementOutsideTransaction.DefaultSeverity,
                TextSpan.FromBounds(start, Math.Min(text.Length, start + WordLength(text, start))),
                why
            );
        }
    }

    // A folder that is named like a kind of database is for that kind alone.
    private static LintDialect? DialectOf(MigrationScripts scripts, AdditionalFileAnalysisContext context)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(scripts.File.Text.Path));
        return MigrationDialect.IsKind(folder) ? MigrationDialect.Named(folder)
            : scripts.Setting("dialect") is { } set ? MigrationDialect.Named(set)
            : MigrationDialect.Of(context.Compilation, context.CancellationToken);
    }

    /// <summary>What a finding says, on one line.</summary>
    internal static string Message(LintFinding finding) =>
        finding.Instead is { } safe
            ? $"{finding.Text} Instead: {safe.Replace("\n\n", " And then, in a migration after it: ").Replace('\n', ' ')}"
            : finding.Text;

    // What is applied somewhere is done, and its file can't be changed any more.
    private static bool IsEarlier(MigrationScripts scripts)
    {
        if (scripts.Setting("judged_from") is not { } from || !MigrationFile.IsVersion(from))
        {
            return false;
        }

        var (first, number) = (from.TrimStart('0'), scripts.File.Number);
        return number.Length != first.Length ? number.Length < first.Length : string.CompareOrdinal(number, first) < 0;
    }

    private static bool SaysOutside(string comment)
    {
        var colon = comment.IndexOf(':');
        return colon > 0
            && comment.Substring(0, colon).Trim().Equals("transaction", StringComparison.OrdinalIgnoreCase)
            && comment.Substring(colon + 1).Trim().Equals("none", StringComparison.OrdinalIgnoreCase);
    }

    private static int OffsetOf(string text, int line, int column)
    {
        var at = 0;
        for (var current = 1; current < line; current++)
        {
            var end = text.IndexOfAny(['\r', '\n'], at);
            if (end < 0)
            {
                break;
            }

            at = end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
        }

        return Math.Min(text.Length, at + column - 1);
    }

    private static int WordLength(string text, int start)
    {
        var at = start;
        while (at < text.Length && char.IsLetter(text[at]))
        {
            at++;
        }

        return at - start;
    }
}
