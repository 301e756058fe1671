using Deployment.Toolkit.Health;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Notifications;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Composition;

/// <summary>
/// Tries beforehand whether the app's own classes can be made that are otherwise made only when they are used: each as it will be, in a
/// scope of its own, and put away again.
/// </summary>
internal sealed class OwnClasses(IServiceProvider services, DeploymentModel model, ILogger logger)
{
    /// <summary>Those without which a release does not get in.</summary>
    internal Task<IReadOnlyList<DeploymentMessage>> NeededAsync(IEnumerable<MigrationDefinition> migrations) =>
        FaultsAsync(
            [
                new Own(model.Activator.What, model.Activator.Create),
                .. from migration in migrations where migration.Create is not null select new Own(migration.ClassTitle, migration.Create!),
            ],
            MessageSeverity.Error
        );

    internal Task<IReadOnlyList<DeploymentMessage>> GatesAsync(MessageSeverity severity) =>
        FaultsAsync(model.Gates.Select(static gate => new Own(gate.What, gate.Create)), severity);

    /// <summary>
    /// Those that keep no run from beginning: it waits for no receiver, a secret is renewed at another time, and what a health check asks
    /// for may be there only when the release is.
    /// </summary>
    internal async Task<IReadOnlyList<DeploymentMessage>> OthersAsync(CancellationToken cancellationToken)
    {
        var faults = await FaultsAsync(
                [
                    .. model
                        .Registrations.Of<List<ObserverRegistration>>()
                        .Select(static observer => new Own(observer.What, observer.Create)),
                    .. model.Rotators.All.Select(static rotator => new Own(rotator.What, rotator.Create)),
                    .. services
                        .GetRequiredService<HealthGate>()
                        .Checks.Select(static check => new Own($"Health check '{check.Name}'", check.Factory, IsShared: true)),
                ],
                MessageSeverity.Warning
            )
            .ConfigureAwait(false);
        var sources = await services.GetRequiredService<SecretResolver>().MakeOwnAsync(cancellationToken).ConfigureAwait(false);
        return [.. faults, .. sources.Select(static fault => fault with { Severity = MessageSeverity.Warning })];
    }

    private async Task<IReadOnlyList<DeploymentMessage>> FaultsAsync(IEnumerable<Own> all, MessageSeverity severity)
    {
        var faults = new List<DeploymentMessage>();
        foreach (var own in all)
        {
            try
            {
                await OwnScope
                    .UseAsync(services, own.What, own.Create, logger, static _ => Task.CompletedTask, own.IsShared)
                    .ConfigureAwait(false);
            }
            catch (DeploymentException e)
            {
                faults.AddRange(e.Messages.Select(message => message with { Severity = severity }));
            }
        }

        return faults;
    }

    private sealed record Own(string What, Func<IServiceProvider, object> Create, bool IsShared = false);
}
