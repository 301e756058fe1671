using Deployment.Toolkit.Options;

namespace Deployment.Toolkit;

/// <summary>Tells whether the configuration in use is the newest one, and hears of changes. A service of the host.</summary>
public sealed class ConfigurationState
{
    private readonly ConfigurationStore _store;

    internal ConfigurationState(ConfigurationStore store)
    {
        _store = store;
        store.EnsureWatched();
        lock (store.Listeners)
            store.Listeners.Add((_, isUsed) => Changed?.Invoke(this, new ConfigurationChangedEventArgs(isUsed, Faults)));
    }

    /// <summary>Raised after a changed configuration was taken into use or refused, on the thread that noticed the change.</summary>
    public event EventHandler<ConfigurationChangedEventArgs>? Changed;

    /// <summary>When the configuration in use was bound.</summary>
    public DateTimeOffset LoadedAt => _store.Current.TakenAt;

    /// <summary>Whether a newer configuration was refused, so that an older one is in use.</summary>
    public bool IsStale => _store.Rejected is not null;

    /// <summary>Why the newer configuration was refused; empty when none was.</summary>
    public IReadOnlyList<DeploymentMessage> Faults => _store.Rejected?.Faults ?? [];
}
