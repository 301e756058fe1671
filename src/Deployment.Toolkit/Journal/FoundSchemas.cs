namespace Deployment.Toolkit.Journal;

/// <summary>What somebody found in a database, and with which record they said so.</summary>
internal sealed record FoundSchema(long Sequence, IReadOnlyList<string> Schema);

/// <summary>What people took over of databases as they found them.</summary>
internal sealed class FoundSchemas
{
    // An app with one database has it under no name.
    private readonly Dictionary<string, FoundSchema> _last = new(StringComparer.OrdinalIgnoreCase);

    internal void Add(string? database, long sequence, IReadOnlyList<string> schema) =>
        _last[database ?? ""] = new FoundSchema(sequence, schema);

    internal FoundSchema? Of(DatabaseKey key) =>
        _last
            .Where(found => found.Key.Length == 0 ? key.IsFirst : key.Is(found.Key))
            .Select(static found => found.Value)
            .MaxBy(static found => found.Sequence);
}
