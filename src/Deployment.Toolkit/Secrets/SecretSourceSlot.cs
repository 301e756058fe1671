using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Secrets;

/// <summary>A source of secrets of the app's own, as registered.</summary>
internal sealed record SecretSourceRegistration(Type Type, Func<IServiceProvider, ISecretSource> Create, SecretSourceOptions Options);

/// <summary>
/// A place in the order of sources. A source of the app's own is made at its first question, once for the host, in a scope of its own: it
/// may need options, and those are bound from what comes before it.
/// </summary>
internal sealed class SecretSourceSlot : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<Task<OwnScope<ISecretSource>>>? _open;
    private readonly ISecretSource? _builtIn;
    private readonly string _title;
    private readonly Func<Exception?, bool> _allowsFallback;
    private Task<OwnScope<ISecretSource>>? _opened;
    private volatile OwnScope<ISecretSource>? _made;

    internal SecretSourceSlot(ISecretSource builtIn, Func<Exception?, bool>? allowsFallback = null) =>
        (_builtIn, _title, _allowsFallback) = (builtIn, builtIn.Name, allowsFallback ?? (static _ => false));

    internal SecretSourceSlot(SecretSourceRegistration registration, IServiceProvider services, ILogger logger)
    {
        (_title, _allowsFallback) = (registration.Type.Name, _ => registration.Options.AllowFallback);
        _open = () => OwnScope<ISecretSource>.OpenAsync(services, $"Secret source {registration.Type.Name}", registration.Create, logger);
    }

    internal bool IsBuiltIn => _builtIn is not null;

    /// <summary>Whether a weaker source may stand in after this failure; <see langword="null"/> is silence.</summary>
    internal bool AllowsFallback(Exception? failure) => _allowsFallback(failure);

    /// <summary>The type's name: what messages call it that are about the class.</summary>
    internal string Title => _title;

    /// <summary>Whether it holds one of the engine's own sources of a kind.</summary>
    internal bool Holds<T>()
        where T : ISecretSource => _builtIn is T;

    /// <summary>What people call it.</summary>
    internal string Name => _builtIn?.Name ?? _made?.Made.Name ?? _title;

    internal async Task<ISecretSource> GetAsync()
    {
        if (_builtIn is not null)
            return _builtIn;

        Task<OwnScope<ISecretSource>> opened;
        lock (_gate)
        {
            // One that could not be made is tried again at the next question: what it needs may be there by then.
            if (_opened is null or { IsFaulted: true })
                _opened = Task.Run(_open!);
            opened = _opened;
        }

        return (_made = await opened.ConfigureAwait(false)).Made;
    }

    public async ValueTask DisposeAsync()
    {
        if (_made is { } made)
            await made.DisposeAsync().ConfigureAwait(false);
    }
}
