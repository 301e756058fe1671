using Deployment.Toolkit.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>Maps the endpoints of health.</summary>
public static class HealthEndpointExtensions
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps <c>live</c>, <c>ready</c> and <c>startup</c> under a path: 200 when the probe passes, 503 when it doesn't. From the moment the
    /// host begins to stop it isn't ready. The answer is JSON in the shape that health dashboards read.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">The path. Default <c>/health</c>.</param>
    /// <param name="configure">Says what is told; <see langword="null"/> for the defaults.</param>
    /// <returns>All three, for <c>RequireHost</c>, <c>RequireAuthorization</c>, <c>AllowAnonymous</c> and the like.</returns>
    /// <exception cref="InvalidOperationException">The app has no deployment: <c>builder.AddDeployment()</c>.</exception>
    public static IEndpointConventionBuilder MapDeploymentHealth(
        this IEndpointRouteBuilder endpoints,
        string pattern = "/health",
        Action<HealthEndpointOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new HealthEndpointOptions();
        configure?.Invoke(options);
        if (endpoints.ServiceProvider.GetService<DeploymentHealth>() is not { } health)
            throw new InvalidOperationException(
                "The app has no deployment whose health could be asked. Call builder.AddDeployment() before builder.Build()."
            );

        var group = endpoints.MapGroup(pattern);
        foreach (var probe in Enum.GetValues<HealthProbe>())
        {
            var endpoint = new HealthEndpoint(probe, health, options, endpoints.ServiceProvider);
            var name = probe.ToString().ToLowerInvariant();
            group.MapMethods("/" + name, Methods, endpoint.AnswerAsync).WithDisplayName($"Deployment health: {name}");
        }

        return group;
    }
}
