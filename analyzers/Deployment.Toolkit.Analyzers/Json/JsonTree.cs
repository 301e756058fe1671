using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

internal enum JsonKind
{
    /// <summary>Nothing stands where a value should.</summary>
    Missing,
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// <param name="Kind">What it is.</param>
/// <param name="Span">From its first to its last character; a string's quotes included.</param>
/// <param name="Text">What .NET's configuration holds for it: a string without its escapes, a number as written, "True", "False".</param>
/// <param name="Properties">Of an object, in the file's order, duplicates kept.</param>
/// <param name="Elements">Of an array.</param>
internal sealed record JsonValue(
    JsonKind Kind,
    TextSpan Span,
    string Text,
    ImmutableArray<JsonProperty> Properties,
    ImmutableArray<JsonValue> Elements
)
{
    /// <summary>Whether configuration has a text for it: neither an object, an array, null nor nothing at all.</summary>
    public bool IsScalar => Kind is JsonKind.String or JsonKind.Number or JsonKind.True or JsonKind.False;
}

/// <param name="Name">Without quotes and escapes.</param>
/// <param name="NameSpan">The name with its quotes.</param>
/// <param name="Value">Of kind <see cref="JsonKind.Missing"/> where none stands.</param>
internal sealed record JsonProperty(string Name, TextSpan NameSpan, JsonValue Value)
{
    public TextSpan Span => TextSpan.FromBounds(NameSpan.Start, Value.Span.End > NameSpan.End ? Value.Span.End : NameSpan.End);
}

/// <param name="Span">What is wrong, or where something is missing.</param>
/// <param name="Message">What is wrong, as half a sentence.</param>
internal sealed record JsonError(TextSpan Span, string Message);

/// <param name="Span">With its slashes and asterisks.</param>
/// <param name="Text">Without them.</param>
internal sealed record JsonComment(TextSpan Span, string Text);

/// <summary>One text as .NET's configuration reads it, with the place of everything; what cannot be read is skipped and said.</summary>
/// <param name="Text">What was read.</param>
/// <param name="Root">The object that the file is; <see langword="null"/> when it is none.</param>
/// <param name="Errors">In the file's order; with any, the app fails as it reads the file.</param>
/// <param name="Comments">In the file's order.</param>
internal sealed record JsonTree(string Text, JsonValue? Root, ImmutableArray<JsonError> Errors, ImmutableArray<JsonComment> Comments);
