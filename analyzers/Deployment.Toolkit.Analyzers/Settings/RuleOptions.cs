using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// The keys of <c>.editorconfig</c> by which a rule is set for a settings file. Own ones: the compiler ignores <c>dotnet_diagnostic</c> for
/// what is found in a file that is no source.
/// </summary>
internal readonly struct RuleOptions(AnalyzerConfigOptions options, string id)
{
    private static readonly char[] s_separators = [',', ';'];

    /// <summary>What is set for the rule, or by it; <see langword="null"/> when the rule is off here.</summary>
    public DiagnosticSeverity? Severity(DiagnosticSeverity severity) =>
        Text("severity") switch
        {
            "none" or "silent" => null,
            "suggestion" => DiagnosticSeverity.Info,
            "warning" => DiagnosticSeverity.Warning,
            "error" => DiagnosticSeverity.Error,
            _ => severity,
        };

    /// <summary>Keys that the rule leaves alone: paths, in which <c>*</c> stands for anything.</summary>
    public bool Allows(string path) => Text("allowed_keys") is { } keys && Split(keys).Any(pattern => Matches(pattern, path));

    /// <summary>
    /// What other providers (a vault, an orchestrator) give: <c>none</c>, or paths in which <c>*</c> stands for anything; once that is
    /// said, what neither they nor the files give is missing.
    /// </summary>
    public bool? IsSuppliedElsewhere(string path) =>
        Text("external_providers") switch
        {
            null => null,
            "none" => false,
            var paths => Split(paths).Any(pattern => Matches(pattern, path)),
        };

    public static IEnumerable<string> Split(string list) =>
        list.Split(s_separators, StringSplitOptions.RemoveEmptyEntries).Select(p => p.Trim()).Where(p => p.Length > 0);

    public static bool Matches(string pattern, string path)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return pattern.Equals(path, StringComparison.OrdinalIgnoreCase);
        }

        var (head, tail) = (pattern.Substring(0, star), pattern.Substring(star + 1));
        return path.StartsWith(head, StringComparison.OrdinalIgnoreCase)
            && Enumerable.Range(head.Length, path.Length - head.Length + 1).Any(i => Matches(tail, path.Substring(i)));
    }

    /// <summary>What is set under a name.</summary>
    public string? Value(string name) => Text(name);

    private string? Text(string name) =>
        options.TryGetValue($"deployment_toolkit.{id}.{name}", out var value) && value.Trim() is { Length: > 0 } text ? text : null;
}
