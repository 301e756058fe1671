using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// One script among its folder's, where the folder follows this product's convention. Each script is looked at alone, so that what all of
/// them need is kept: a project may have a thousand.
/// </summary>
internal sealed class MigrationScripts
{
    private static readonly ConditionalWeakTable<AnalyzerOptions, Dictionary<string, ImmutableArray<MigrationFile>>> s_folders = new();
    private static readonly ConditionalWeakTable<Compilation, StrongBox<bool>> s_adding = new();

    private static readonly string[] s_others =
    [
        "dbup-core",
        "Evolve",
        "FluentMigrator",
        "FluentMigrator.Abstractions",
        "Roundhouse",
        "grate",
    ];

    private readonly AdditionalFileAnalysisContext _context;
    private readonly CommentSuppressions _suppressions;

    private MigrationScripts(
        AdditionalFileAnalysisContext context,
        MigrationFile file,
        ImmutableArray<MigrationFile> folder,
        SourceText text
    )
    {
        (_context, File, Folder, Text) = (context, file, folder, text);
        _suppressions = new CommentSuppressions(text, MigrationFile.Comments(text));
    }

    public MigrationFile File { get; }

    /// <summary>All scripts beside it, itself among them, by name.</summary>
    public ImmutableArray<MigrationFile> Folder { get; }

    public SourceText Text { get; }

    /// <summary>What is set for all rules about migrations.</summary>
    public string? Setting(string name) =>
        new RuleOptions(_context.Options.AnalyzerConfigOptionsProvider.GetOptions(_context.AdditionalFile), "migrations").Value(name);

    /// <summary>
    /// <see langword="null"/> when the file is no script, or one of another tool's, whose names are others and which go forward only.
    /// </summary>
    public static MigrationScripts? Of(AdditionalFileAnalysisContext context)
    {
        if (!MigrationFile.IsScript(context.AdditionalFile) || context.AdditionalFile.GetText(context.CancellationToken) is not { } text)
        {
            return null;
        }

        var folders = s_folders.GetValue(
            context.Options,
            static options =>
                options
                    .AdditionalFiles.Where(MigrationFile.IsScript)
                    .Select(MigrationFile.Read)
                    .OrderBy(f => f.FileName, StringComparer.Ordinal)
                    .GroupBy(f => Path.GetDirectoryName(f.Text.Path))
                    .ToDictionary(static folder => folder.Key, static folder => folder.ToImmutableArray())
        );
        var folder = folders[Path.GetDirectoryName(context.AdditionalFile.Path)];
        return IsOurs(folder, context.Compilation, context.CancellationToken)
            ? new MigrationScripts(context, MigrationFile.Read(context.AdditionalFile), folder, text)
            : null;
    }

    /// <summary>
    /// Says something of the script as a whole, unless a comment in it, or the project's options, say that nobody wants to hear it.
    /// </summary>
    public void Report(
        DiagnosticDescriptor rule,
        DiagnosticSeverity severity,
        ImmutableDictionary<string, string?>? properties,
        params object[] arguments
    ) => Report(rule, severity, File.FirstLine(Text), properties, arguments);

    /// <summary>The same of a place in it.</summary>
    public void ReportAt(DiagnosticDescriptor rule, DiagnosticSeverity severity, TextSpan span, string message) =>
        Report(rule, severity, Location.Create(File.Text.Path, span, Text.Lines.GetLinePositionSpan(span)), null, message);

    private void Report(
        DiagnosticDescriptor rule,
        DiagnosticSeverity severity,
        Location location,
        ImmutableDictionary<string, string?>? properties,
        params object[] arguments
    )
    {
        var options = new RuleOptions(_context.Options.AnalyzerConfigOptionsProvider.GetOptions(_context.AdditionalFile), rule.Id);
        if (options.Severity(severity) is { } effective && !_suppressions.Has(rule.Id, location.SourceSpan))
        {
            _context.ReportDiagnostic(Diagnostic.Create(rule, location, effective, additionalLocations: null, properties, arguments));
        }
    }

    private static bool IsOurs(ImmutableArray<MigrationFile> folder, Compilation compilation, CancellationToken cancellationToken) =>
        folder.Any(f => f.Version.Length > 0)
        && !compilation.ReferencedAssemblyNames.Any(a => s_others.Contains(a.Name, StringComparer.OrdinalIgnoreCase))
        && (folder.Any(f => f.IsDown) || AddsMigrations(compilation, cancellationToken));

    private static bool AddsMigrations(Compilation compilation, CancellationToken cancellationToken) =>
        s_adding.TryGetValue(compilation, out var known)
            ? known.Value
            : s_adding
                .GetValue(compilation, c => new StrongBox<bool>(SourceSearch.Calls(c, "AddMigrations", cancellationToken).Any()))
                .Value;
}
