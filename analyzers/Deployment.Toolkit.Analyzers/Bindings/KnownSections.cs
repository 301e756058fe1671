using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Sections at the top of a file that frameworks and well-known libraries read by themselves.</summary>
internal static class KnownSections
{
    private static readonly HashSet<string> s_framework = new(StringComparer.OrdinalIgnoreCase)
    {
        "AllowedHosts",
        "Logging",
        "Kestrel",
        "ConnectionStrings",
        "Serilog",
        "NLog",
        "ReverseProxy",
        "FeatureManagement",
        "feature_management",
        "OpenTelemetry",
        "ApplicationInsights",
        "AzureAd",
        "AzureAdB2C",
        "AzureWebJobsStorage",
        "Values",
        "IsEncrypted",
        "Aspire",
        "Orleans",
        "IpRateLimiting",
        "IpRateLimitPolicies",
        "ClientRateLimiting",
        "Sentry",
        "HealthChecksUI",
        "HealthChecks-UI",
        "Quartz",
        "profiles",
        "Umbraco",
        "OrchardCore",
        "Dapr",
        "Eureka",
        "Spring",
    };

    // Single values of the host: a section of such a name is an app's own.
    private static readonly HashSet<string> s_values = new(StringComparer.OrdinalIgnoreCase)
    {
        "urls",
        "http_ports",
        "https_ports",
        "https_port",
        "DetailedErrors",
        "environment",
        "applicationName",
        "contentRoot",
        "webRoot",
    };

    // Often an app's own too: there its types say what is known.
    private static readonly HashSet<string> s_shared = new(StringComparer.OrdinalIgnoreCase)
    {
        "Azure",
        "Host",
        "Metrics",
        "hostingStartupAssemblies",
        "preventHostingStartup",
        "shutdownTimeoutSeconds",
        "suppressStatusMessages",
        "startupAssembly",
        "captureStartupErrors",
        "Elastic",
        "ElasticApm",
        "services",
        "ConfigurationBuilder",
        "Authentication",
        "Routes",
        "GlobalConfiguration",
        "IdentityServer",
        "Steeltoe",
        "Management",
        "vault",
        "Ocelot",
        "Swagger",
        "ForwardedHeaders",
        "Microsoft",
        "Cors",
        "CircuitOptions",
        "Blazor",
        "Hangfire",
    };

    /// <summary>Whether a framework reads the key in ways of its own, whatever it is bound to besides.</summary>
    /// <param name="name">At the top of a file.</param>
    /// <param name="isSection">Whether there are keys below it.</param>
    public static bool IsFramework(string name, bool isSection) => s_framework.Contains(name) || (!isSection && s_values.Contains(name));

    /// <summary>The same of a path.</summary>
    public static bool IsFramework(string path)
    {
        var end = path.IndexOf(':');
        return end < 0 ? IsFramework(path, isSection: false) : IsFramework(path.Substring(0, end), isSection: true);
    }

    /// <summary>Whether a framework or library may read the section though no code here asks for it.</summary>
    public static bool MayBeRead(string name) => s_framework.Contains(name) || s_values.Contains(name) || s_shared.Contains(name);
}
