using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// A source of somebody else's that has been loaded. A host's configuration builds and loads every source again when their list changes,
/// and some ask a server; this one hands its provider on.
/// </summary>
internal sealed class KeptSource(KeptProvider provider) : IConfigurationSource
{
    internal static KeptSource Moving(IConfigurationProvider provider)
    {
        var kept = new KeptProvider(provider);
        kept.Move();
        return new KeptSource(kept);
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => provider;
}

/// <inheritdoc cref="KeptSource"/>
internal sealed class KeptProvider(IConfigurationProvider inner) : IConfigurationProvider
{
    private int _isMoving;

    internal IConfigurationProvider Inner => inner;

    /// <summary>The next load is the list's and not the app's.</summary>
    internal void Move() => Volatile.Write(ref _isMoving, 1);

    public void Load()
    {
        if (Interlocked.Exchange(ref _isMoving, 0) == 0)
            inner.Load();
    }

    public bool TryGet(string key, out string? value) => inner.TryGet(key, out value);

    public void Set(string key, string? value) => inner.Set(key, value);

    public IChangeToken GetReloadToken() => inner.GetReloadToken();

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
        inner.GetChildKeys(earlierKeys, parentPath);

    public override string? ToString() => inner.ToString();
}
