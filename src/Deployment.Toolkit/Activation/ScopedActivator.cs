using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Activation;

/// <summary>What puts releases live, as registered. <paramref name="What"/> is the subject of messages.</summary>
internal sealed record ActivatorRegistration(string What, Func<IServiceProvider, ReleaseActivator> Create);

/// <summary>Puts releases live by an activator that is made for each call and disposed after it.</summary>
internal sealed class ScopedActivator(IServiceProvider services, ActivatorRegistration registration, ILogger logger)
{
    private (string Description, bool HasEffect)? _described;

    /// <summary>What it says of itself: once a command, since plans ask several times.</summary>
    internal async Task<(string Description, bool HasEffect)> DescribeAsync() =>
        _described ??= await UseAsync(static own => Task.FromResult((own.Description, own.HasEffect))).ConfigureAwait(false);

    internal async Task<bool> HasEffectAsync() => (await DescribeAsync().ConfigureAwait(false)).HasEffect;

    internal Task<string?> FindObstacleAsync(Release release, RunKind kind, CancellationToken cancellationToken) =>
        UseAsync(own => own.FindObstacleAsync(release, kind, cancellationToken));

    internal Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) =>
        OwnScope.UseAsync(
            services,
            registration.What,
            registration.Create,
            logger,
            own => own.ActivateAsync(release, context, cancellationToken)
        );

    internal Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken) =>
        UseAsync(own => own.CurrentAsync(context, cancellationToken));

    private Task<TResult> UseAsync<TResult>(Func<ReleaseActivator, Task<TResult>> work) =>
        OwnScope.UseAsync(services, registration.What, registration.Create, logger, work);
}
