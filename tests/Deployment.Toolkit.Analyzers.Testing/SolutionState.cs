using System.Collections.ObjectModel;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>The sources of one project, in markup, and what is expected of them.</summary>
public sealed class SolutionState
{
    public SourceFileCollection Sources { get; } = [];

    /// <summary>Files that are no source: settings, <c>.env</c>, SQL. With markup too.</summary>
    public SourceFileCollection AdditionalFiles { get; } = [];

    /// <summary><c>.editorconfig</c> and <c>.globalconfig</c>.</summary>
    public SourceFileCollection AnalyzerConfigFiles { get; } = [];

    public Collection<MetadataReference> AdditionalReferences { get; } = [];

    public Collection<DiagnosticResult> ExpectedDiagnostics { get; } = [];

    public OutputKind OutputKind { get; set; } = OutputKind.DynamicallyLinkedLibrary;

    internal IEnumerable<(string Path, TestMarkup Markup)> Parse() => Sources.Select(s => (s.Path, TestMarkup.Parse(s.Source)));

    internal IEnumerable<(string Path, TestMarkup Markup)> ParseAdditional() =>
        AdditionalFiles.Select(s => (s.Path, TestMarkup.Parse(s.Source)));

    /// <summary>What the markup and the list expect, each where it is expected.</summary>
    internal List<DiagnosticResult> Expected()
    {
        var files = Parse().Concat(ParseAdditional()).ToList();
        var marked = files.SelectMany(f => f.Markup.Ids.Select(m => new DiagnosticResult(m.Id).WithSpan(f.Path, m.Span)));
        return [.. marked, .. ExpectedDiagnostics.Select(Place)];

        DiagnosticResult Place(DiagnosticResult expected)
        {
            if (expected.MarkupKey is not { } key)
            {
                return expected;
            }

            var (path, markup) = files.FirstOrDefault(f => f.Markup.Keys.ContainsKey(key));
            return markup is null
                ? throw new VerificationException($"{expected.Id} is expected at the mark #{key}, which no source has.")
                : expected.WithSpan(path, markup.Keys[key]);
        }
    }
}

public sealed class SourceFileCollection : Collection<(string Path, string Source)>
{
    public void Add(string source) => Add((string.Create(CultureInfo.InvariantCulture, $"/0/Test{Count}.cs"), source));
}
