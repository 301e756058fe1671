using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// One kind of content that reports hold: how it is written as text and as JSON, and how its texts are masked. What writes a report walks
/// over its sections and knows no kind. Each kind is one sealed class in <c>Sections</c>, with a constant <c>Key</c> that is its
/// <see cref="Name"/>, by which the rows of the verbs that can report it name it; its <see cref="JsonShapeAttribute"/> is its row in
/// docs/cli.md.
/// </summary>
internal abstract class ReportSection
{
    /// <summary>The property of the report's JSON object.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether whoever asks for it gets nothing else with it: messages go to standard error.</summary>
    internal virtual bool IsAlone => false;

    /// <summary>The first line of the text, where this section knows more to say than the outcome does.</summary>
    internal virtual string? HeadlineOf(VerbReport report) => null;

    internal abstract void WriteText(Page page, VerbReport report);

    /// <summary>Writes the value of the property.</summary>
    internal abstract void WriteJson(Utf8JsonWriter json);

    /// <summary>The same with every text masked, whatever it is.</summary>
    internal abstract ReportSection Masked(ReportMask mask);

    protected static void Write<TShape>(Utf8JsonWriter json, TShape shape, JsonTypeInfo<TShape> type) =>
        JsonSerializer.Serialize(json, shape, type);

    protected static void Write<T, TShape>(Utf8JsonWriter json, IReadOnlyList<T> items, Func<T, TShape> shape, JsonTypeInfo<TShape> type)
    {
        json.WriteStartArray();
        foreach (var item in items)
            JsonSerializer.Serialize(json, shape(item), type);
        json.WriteEndArray();
    }

    protected static void Write(Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    protected static List<TTo> List<TFrom, TTo>(IReadOnlyList<TFrom> items, Func<TFrom, TTo> convert)
    {
        var list = new List<TTo>(items.Count);
        foreach (var item in items)
            list.Add(convert(item));
        return list;
    }
}
