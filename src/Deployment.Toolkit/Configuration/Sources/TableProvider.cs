using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Configuration.Sources;

/// <summary>Serves one table at a time. Everything that is asked within one call is answered from the same table.</summary>
internal abstract class TableProvider : ConfigurationProvider
{
    private volatile ConfigurationTable _current;

    protected TableProvider(ConfigurationTable table, SourceKind kind) => (_current, Kind) = (table, kind);

    internal SourceKind Kind { get; }

    internal ConfigurationTable Current
    {
        get => _current;
        private protected set => _current = value;
    }

    /// <summary>What is wrong with the source now, though <see cref="Current"/> is still good.</summary>
    internal virtual IReadOnlyList<DeploymentMessage> Rejected => [];

    // A value that code sets through IConfiguration lies above the source's own, as with every other provider.
    internal IEnumerable<KeyValuePair<string, string?>> SetByCode => Data;

    public override bool TryGet(string key, out string? value)
    {
        if (Data.Count > 0 && base.TryGet(key, out value)) return true;

        var found = Current.Values.TryGetValue(key, out var entry);
        value = entry.Value;
        return found;
    }

    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
    {
        var keys = new List<string>();
        var start = parentPath is null ? 0 : parentPath.Length + 1;
        foreach (var key in Current.Values.Keys)
        {
            if (parentPath is not null
                && (key.Length <= start || key[start - 1] != ':' || !key.StartsWith(parentPath, StringComparison.OrdinalIgnoreCase))) continue;

            var end = key.IndexOf(':', start);
            keys.Add(end < 0 ? key[start..] : key[start..end]);
        }

        keys.Sort(ConfigurationKeyComparer.Instance);
        return base.GetChildKeys(keys.Concat(earlierKeys), parentPath);
    }

    public override string ToString() => Current.Source;
}
