using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Composition;

/// <summary>What was registered and does not fit together, all at once; said when the app starts and by every verb.</summary>
internal static class RegistrationFaults
{
    internal static IReadOnlyList<DeploymentMessage> Of(DeploymentModel model, IServiceProvider services)
    {
        List<HealthCheckRegistration> checks = [.. services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations];
        return
        [
            .. model.Declarations.Faults,
            .. DatabaseFaults.Of(model),
            .. Twins(checks),
            .. HealthPolicyFaults.Of(checks, services),
            .. Stop(services),
        ];
    }

    // .NET compares them without case, and fails at the first question to any of its endpoints.
    private static IEnumerable<DeploymentMessage> Twins(IEnumerable<HealthCheckRegistration> checks) =>
        from twins in checks.GroupBy(static check => check.Name, StringComparer.OrdinalIgnoreCase)
        where twins.Count() > 1
        select new DeploymentMessage(
            Codes.RegistrationInvalid,
            $"Health check '{twins.Key}' is registered {twins.Count()} times, and names compare without case: neither a deployment nor "
                + $"a health endpoint could tell them apart. Give each its own name in AddHealthChecks()."
        );

    private static IEnumerable<DeploymentMessage> Stop(IServiceProvider services) =>
        services.GetService<StopBudget>() is { Given: { } given, Needed: var needed } && given <= needed
            ?
            [
                new DeploymentMessage(
                    Codes.StopCutShort,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The app takes up to {needed.TotalSeconds:0.#} s to stop, and the platform kills it after {given.TotalSeconds:0.#} s: what it still serves then is lost. Let the platform wait for at least {Math.Floor(needed.TotalSeconds) + 1:0} s, or lower CloseFor and DrainLimit in AddLameDuck."
                    ),
                    MessageSeverity.Warning
                ),
            ]
            : [];
}
