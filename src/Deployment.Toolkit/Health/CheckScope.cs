using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Health;

/// <summary>The scope of one run, opened when something is asked of it: many checks are made already and need nothing.</summary>
internal sealed class CheckScope(IServiceScopeFactory scopes) : IKeyedServiceProvider, ISupportRequiredService, IAsyncDisposable
{
    // A check may ask from several threads, and its run may be over when one of them does.
    private IServiceScope? _scope;
    private bool _isOver;

    public object? GetService(Type serviceType) => Provider.GetService(serviceType);

    public object GetRequiredService(Type serviceType) => Provider.GetRequiredService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        Provider is IKeyedServiceProvider keyed
            ? keyed.GetKeyedService(serviceType, serviceKey)
            : throw new InvalidOperationException("The app's container knows no keyed services.");

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        Provider.GetRequiredKeyedService(serviceType, serviceKey);

    private IServiceProvider Provider
    {
        get
        {
            lock (this)
            {
                ObjectDisposedException.ThrowIf(_isOver, typeof(IServiceProvider));
                return (_scope ??= scopes.CreateScope()).ServiceProvider;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        IServiceScope? scope;
        lock (this)
        {
            _isOver = true;
            scope = _scope;
        }

        if (scope is IAsyncDisposable further)
            return further.DisposeAsync();
        scope?.Dispose();
        return default;
    }
}
