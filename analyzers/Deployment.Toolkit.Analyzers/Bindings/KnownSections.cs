using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Sections at the top of a file that frameworks and well-known libraries read by themselves.</summary>
internal static class KnownSections
{
    private static readonly HashSet<string> s_framework = new(StringComparer.OrdinalIgnoreCase)
    {
        "AllowedHosts", "Logging", "Kestrel", "ConnectionStrings", "Serilog", "NLog", "ReverseProxy", "urls", "http_ports", "https_ports",
        "https_port", "DetailedErrors", "FeatureManagement", "feature_management", "OpenTelemetry", "ApplicationInsights", "AzureAd",
        "AzureAdB2C", "AzureWebJobsStorage", "Values", "IsEncrypted", "Aspire", "Orleans", "environment", "applicationName", "contentRoot",
        "webRoot", "IpRateLimiting", "IpRateLimitPolicies", "ClientRateLimiting", "Sentry", "HealthChecksUI", "HealthChecks-UI", "Quartz",
        "Hangfire", "profiles", "Umbraco", "OrchardCore", "Dapr", "Eureka", "Spring",
    };

    // Often an app's own too: there its types say what is known.
    private static readonly HashSet<string> s_shared = new(StringComparer.OrdinalIgnoreCase)
    {
        "Azure", "Host", "Metrics", "hostingStartupAssemblies", "preventHostingStartup", "shutdownTimeoutSeconds", "suppressStatusMessages",
        "startupAssembly", "captureStartupErrors", "Elastic", "ElasticApm", "services", "ConfigurationBuilder", "Authentication", "Routes",
        "GlobalConfiguration", "IdentityServer", "Steeltoe", "Management", "vault", "Ocelot", "Swagger", "ForwardedHeaders", "Microsoft",
        "Cors", "CircuitOptions", "Blazor",
    };

    /// <summary>Whether a framework reads the section in ways of its own, whatever it is bound to besides.</summary>
    public static bool IsFramework(string name) => s_framework.Contains(name);

    /// <summary>Whether a framework or library may read the section though no code here asks for it.</summary>
    public static bool MayBeRead(string name) => IsFramework(name) || s_shared.Contains(name);
}
