using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>A diagnostic that a test expects; what it leaves out isn't compared.</summary>
public sealed record DiagnosticResult(string Id)
{
    public DiagnosticResult(string id, DiagnosticSeverity severity)
        : this(id) => Severity = severity;

    public DiagnosticResult(DiagnosticDescriptor descriptor)
        : this(descriptor.Id) => (Severity, MessageFormat) = (descriptor.DefaultSeverity, descriptor.MessageFormat);

    public DiagnosticSeverity? Severity { get; private init; }

    public string? Message { get; private init; }

    internal LocalizableString? MessageFormat { get; private init; }

    internal int? MarkupKey { get; private init; }

    internal string? Path { get; private init; }

    internal TextSpan? Span { get; private init; }

    /// <summary>At the span that the markup <c>{|#key:…|}</c> marks.</summary>
    public DiagnosticResult WithLocation(int markupKey) => this with { MarkupKey = markupKey };

    public DiagnosticResult WithSpan(string path, TextSpan span) => this with { Path = path, Span = span };

    public DiagnosticResult WithSeverity(DiagnosticSeverity severity) => this with { Severity = severity };

    public DiagnosticResult WithMessage(string message) => this with { Message = message };

    public DiagnosticResult WithArguments(params object?[] arguments) =>
        this with { Message = string.Format(System.Globalization.CultureInfo.InvariantCulture, $"{MessageFormat}", arguments) };

    internal bool Matches(Diagnostic actual) =>
        actual.Id == Id &&
        (Severity is null || actual.Severity == Severity) &&
        (Message is null || actual.GetMessage(System.Globalization.CultureInfo.InvariantCulture) == Message) &&
        (Span is null || (actual.Location.SourceSpan == Span && actual.Location.GetLineSpan().Path == Path));

    internal string Describe() => $"{Path}{Span} {Severity?.ToString() ?? "any severity"} {Id}: {Message ?? "any message"}";
}
