using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Options;

/// <summary>The options of the snapshot in use; a listener hears of a change after the whole snapshot has taken its place.</summary>
internal sealed class StrictOptionsMonitor<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions
>(ConfigurationStore store) : IOptionsMonitor<TOptions>
    where TOptions : class
{
    private readonly OptionsRegistration? _default = store.Find(typeof(TOptions), Microsoft.Extensions.Options.Options.DefaultName);

    public TOptions CurrentValue => (TOptions)store.Get(_default ?? throw NotRegistered.For<TOptions>(""), out _);

    public TOptions Get(string? name) =>
        string.IsNullOrEmpty(name)
            ? CurrentValue
            : (TOptions)store.Get(store.Find(typeof(TOptions), name) ?? throw NotRegistered.For<TOptions>(name), out _);

    public IDisposable OnChange(Action<TOptions, string?> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return new Subscription(store, listener);
    }

    private sealed class Subscription : IDisposable
    {
        private readonly ConfigurationStore _store;
        private readonly Action<TOptions, string?> _listener;

        internal Subscription(ConfigurationStore store, Action<TOptions, string?> listener)
        {
            (_store, _listener) = (store, listener);
            store.EnsureWatched();
            lock (store.Listeners)
                store.Listeners.Add(Tell);
        }

        public void Dispose()
        {
            lock (_store.Listeners)
                _store.Listeners.Remove(Tell);
        }

        private void Tell(ConfigurationSnapshot snapshot, bool isUsed)
        {
            if (!isUsed)
                return;

            foreach (var registration in _store.Registrations)
            {
                if (registration.Type == typeof(TOptions))
                    _listener((TOptions)ConfigurationStore.From(snapshot, registration), registration.Name);
            }
        }
    }
}
