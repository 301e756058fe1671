using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1013: a section that nothing reads, as far as all the code tells.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnreadSectionAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "DTK1013";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "Nothing reads a section",
        "Nothing in this project or its libraries reads section '{0}'",
        Rules.Configuration,
        DiagnosticSeverity.Hidden,
        isEnabledByDefault: true,
        description: "A section that was forgotten, or one that a library reads in a way that cannot be seen.",
        helpLinkUri: Rules.HelpLink(Id),
        customTags: [WellKnownDiagnosticTags.CompilationEnd, WellKnownDiagnosticTags.Unnecessary]
    );

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (SettingsModel.Of(start) is { HasFiles: true } model)
            {
                start.RegisterCompilationEndAction(end => Report(end, model));
            }
        });
    }

    private static void Report(CompilationAnalysisContext context, SettingsModel model)
    {
        var schema = model.Schema;
        if (schema.HasUnknownReads || schema.BoundAt("").Any(s => schema.ShapeOf(s.Type).Kind != ShapeKind.Object))
        {
            return;
        }

        var roots = schema.BoundAt("").SelectMany(s => schema.ShapeOf(s.Type).Members).Select(m => m.Name).ToList();
        foreach (var file in model.Sets.SelectMany(s => s.Files))
        {
            // What DTK1004 takes for a section that is read under another name, and DTK1011 for a key of another section, is said already.
            var set = model.SetOf(file);
            var meant = schema.Sections.Select(s => MissingSectionAnalyzer.Near(s.Path, set, schema)).Where(n => n is not null).ToList();
            foreach (var section in file.Root.Children)
            {
                if (
                    !meant.Contains(section.Path, System.StringComparer.OrdinalIgnoreCase)
                    && !MisplacedKeyAnalyzer.IsMisplaced(section, set, model)
                    && !schema.IsAskedFor(section.Path)
                    && !KnownSections.MayBeRead(section.Name)
                    && !roots.Contains(section.Name, System.StringComparer.OrdinalIgnoreCase)
                    && !section.Name.StartsWith("$", System.StringComparison.Ordinal)
                )
                {
                    // Nearly a name that code asks for is hardly a section of its own.
                    Report(context, file, section, IsNearly(section.Name, model) ? DiagnosticSeverity.Info : Descriptor.DefaultSeverity);
                }
            }
        }
    }

    private static bool IsNearly(string name, SettingsModel model)
    {
        var asked = model
            .Schema.Keys.Select(k => k.Path.Split(':')[0])
            .Where(first => !model.Sets.Any(s => s.Files.Any(f => f.Root.Child(first) is not null)))
            .Distinct(System.StringComparer.OrdinalIgnoreCase)
            .ToList();
        return (Spelling.NearMiss(name, asked) ?? Spelling.OneLetter(name, asked)) is not null;
    }

    private static void Report(CompilationAnalysisContext context, SettingsFile file, Setting section, DiagnosticSeverity own)
    {
        var text = context.Options.AdditionalFiles.First(f => f.Path == file.Path);
        var rule = new RuleOptions(context.Options.AnalyzerConfigOptionsProvider.GetOptions(text), Id);
        if (rule.Severity(own) is { } severity && !rule.Allows(section.Path) && !file.Suppresses(Id, section.KeySpan))
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Descriptor,
                    file.Locate(section.KeySpan),
                    severity,
                    additionalLocations: null,
                    properties: null,
                    section.Path
                )
            );
        }
    }
}
