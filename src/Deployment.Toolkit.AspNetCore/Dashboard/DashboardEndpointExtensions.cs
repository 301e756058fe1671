using Deployment.Toolkit.AspNetCore.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>Maps the dashboard.</summary>
public static class DashboardEndpointExtensions
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps pages that show where every environment stands, the run in progress, the history, gates, migrations, configuration, health,
    /// secrets that are due, and figures. They only read. Outside of environment <c>Development</c> nobody sees them until
    /// <c>RequireAuthorization()</c> or <see cref="DashboardOptions.Allow"/> says who does.
    /// </summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">The path. Default <c>/deployments</c>.</param>
    /// <param name="configure">Says who sees it; <see langword="null"/> for the defaults.</param>
    /// <returns>All of its endpoints, for <c>RequireAuthorization</c>, <c>RequireHost</c> and the like.</returns>
    /// <exception cref="InvalidOperationException">The app has no deployment: <c>builder.AddDeployment()</c>.</exception>
    public static IEndpointConventionBuilder MapDeploymentDashboard(
        this IEndpointRouteBuilder endpoints,
        string pattern = "/deployments",
        Action<DashboardOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new DashboardOptions();
        configure?.Invoke(options);
        var services = endpoints.ServiceProvider;
        if (services.GetService<DeploymentHistory>() is null)
            throw new InvalidOperationException(
                "The app has no deployment that could be shown. Call builder.AddDeployment() before builder.Build()."
            );

        var site = new DashboardSite(services, options);
        var group = endpoints.MapGroup(pattern);
        foreach (var page in site.Pages)
            Map(page.Path, site.Show(page), page.Title);
        Map("/events", site.StreamAsync, "events");
        foreach (var asset in DashboardAsset.All)
            Map("/assets/" + asset.Name, asset.SendAsync, asset.Name);
        return group;

        void Map(string path, RequestDelegate answer, string what) =>
            group.MapMethods(path, Methods, answer).WithDisplayName($"Deployment dashboard: {what}");
    }
}
