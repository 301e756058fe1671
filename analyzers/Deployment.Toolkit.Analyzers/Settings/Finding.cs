using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What a rule says of one place in a settings file.</summary>
/// <param name="Descriptor">The rule.</param>
/// <param name="File">The file.</param>
/// <param name="Span">The key or value.</param>
/// <param name="Path">The key's path, for <c>allowed_keys</c>.</param>
/// <param name="Arguments">Of the message; never a value that may be secret.</param>
internal sealed record Finding(
    DiagnosticDescriptor Descriptor,
    SettingsFile File,
    TextSpan Span,
    string Path,
    ImmutableArray<string> Arguments
)
{
    /// <summary>The bound section that the code is told of too; <see langword="null"/> for none.</summary>
    public string? Section { get; init; }

    /// <summary>Whether an environment variable, a vault or the like could give what the files lack.</summary>
    public bool MayBeSupplied { get; init; }

    /// <summary>Instead of the rule's own.</summary>
    public DiagnosticSeverity? Severity { get; init; }

    /// <summary>What mends it; empty when only people know.</summary>
    public ImmutableArray<SettingsEdit> Edits { get; init; } = [];

    /// <summary>The mend, as an imperative.</summary>
    public string? FixTitle { get; init; }

    /// <summary>Other places that belong to it.</summary>
    public ImmutableArray<Location> Related { get; init; } = [];
}

/// <param name="Path">Of the file.</param>
/// <param name="Span">What is replaced.</param>
/// <param name="Text">By what.</param>
internal sealed record SettingsEdit(string Path, TextSpan Span, string Text);
