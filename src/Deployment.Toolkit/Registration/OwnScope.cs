using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Registration;

/// <summary>
/// One of the app's own objects with a scope of its own: scoped services work in it, two pieces of work share none, and nothing stays open.
/// Made by whoever uses it, for one piece of work.
/// </summary>
internal sealed class OwnScope<T> : IAsyncDisposable
    where T : class
{
    private readonly AsyncServiceScope _scope;
    private readonly string _what;
    private readonly bool _isShared;
    private readonly ILogger _logger;

    private OwnScope(AsyncServiceScope scope, T made, string what, bool isShared, ILogger logger) =>
        (_scope, Made, _what, _isShared, _logger) = (scope, made, what, isShared, logger);

    internal T Made { get; }

    /// <param name="services">The app's services.</param>
    /// <param name="what">What it is, as the subject of a message: <c>Step WarmUpCache</c>.</param>
    /// <param name="create">Makes it from the scope's services.</param>
    /// <param name="logger">Hears of what cannot be disposed.</param>
    /// <param name="isShared">Whether it is somebody else's to dispose.</param>
    /// <exception cref="DeploymentException">It cannot be made.</exception>
    internal static async Task<OwnScope<T>> OpenAsync(
        IServiceProvider services,
        string what,
        Func<IServiceProvider, T> create,
        ILogger logger,
        bool isShared = false
    )
    {
        var scope = services.CreateAsyncScope();
        try
        {
            return new OwnScope<T>(scope, create(scope.ServiceProvider), what, isShared, logger);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            await DisposeAsync(scope, what, logger).ConfigureAwait(false);
            if (e is DeploymentException)
                throw;

            throw DeploymentException.Refused(
                Codes.ServiceNotMade,
                $"{what} cannot be made: {e.GetType().Name}: {Sentence.Of(e)} Register what its constructor asks for on "
                    + $"builder.Services, or mend the constructor.",
                e
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes what it made; this was made beside it.
        if (!_isShared)
            await DisposeAsync(Made, _what, _logger).ConfigureAwait(false);
        await DisposeAsync(_scope, _what, _logger).ConfigureAwait(false);
    }

    // What was to be done is done by now, or has failed for a reason of its own: neither is unsaid by what goes wrong while it is put away.
    private static async ValueTask DisposeAsync(object made, string what, ILogger logger)
    {
        try
        {
            if (made is IAsyncDisposable later)
                await later.DisposeAsync().ConfigureAwait(false);
            else
                (made as IDisposable)?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.NotDisposed(logger, what, e.GetType().Name);
        }
    }
}

/// <summary>Uses one of the app's own objects for one piece of work.</summary>
internal static class OwnScope
{
    internal static async Task<TResult> UseAsync<T, TResult>(
        IServiceProvider services,
        string what,
        Func<IServiceProvider, T> create,
        ILogger logger,
        Func<T, Task<TResult>> work,
        bool isShared = false
    )
        where T : class
    {
        var own = await OwnScope<T>.OpenAsync(services, what, create, logger, isShared).ConfigureAwait(false);
        await using (own.ConfigureAwait(false))
            return await work(own.Made).ConfigureAwait(false);
    }

    internal static Task UseAsync<T>(
        IServiceProvider services,
        string what,
        Func<IServiceProvider, T> create,
        ILogger logger,
        Func<T, Task> work,
        bool isShared = false
    )
        where T : class =>
        UseAsync<T, bool>(
            services,
            what,
            create,
            logger,
            async made =>
            {
                await work(made).ConfigureAwait(false);
                return true;
            },
            isShared
        );
}
