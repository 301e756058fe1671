using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Finds slips in the profiles of <c>launchSettings.json</c>: keys that no tool reads, and hosts that are nearly this machine.
/// </summary>
internal static class ProfileSlips
{
    private static readonly string[] s_keys =
    [
        "commandName",
        "commandLineArgs",
        "executablePath",
        "workingDirectory",
        "launchBrowser",
        "launchUrl",
        "applicationUrl",
        "environmentVariables",
        "dotnetRunMessages",
        "hotReloadEnabled",
        "hotReloadProfile",
        "inspectUri",
        "nativeDebugging",
        "sqlDebugging",
        "jsWebView2Debugging",
        "externalUrlConfiguration",
        "useSSL",
        "sslPort",
        "httpPort",
        "publishAllPorts",
        "ancmHostingModel",
        "authenticationMode",
        "remoteDebugEnabled",
        "remoteDebugMachine",
        "distributionName",
        "containerRunArguments",
        "DockerfileRunArguments",
        "useHttps",
    ];

    public static IEnumerable<Slip> In(JsonTree json)
    {
        var profiles = (json.Root?.Properties ?? []).Where(p => p.Name.Equals("profiles", StringComparison.OrdinalIgnoreCase));
        foreach (var setting in profiles.SelectMany(p => p.Value.Properties).SelectMany(p => p.Value.Properties))
        {
            if (!s_keys.Contains(setting.Name, StringComparer.OrdinalIgnoreCase))
            {
                if ((Spelling.Closest(setting.Name, s_keys) ?? Spelling.Variant(setting.Name, s_keys)) is { } meant)
                {
                    yield return new Slip(setting.NameSpan, setting.Name, meant);
                }
            }
            else if (setting.Name.Equals("applicationUrl", StringComparison.OrdinalIgnoreCase) && setting.Value.Kind == JsonKind.String)
            {
                foreach (var address in setting.Value.Text.Split(';'))
                {
                    if (
                        Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri)
                        && Spelling.NearMiss(uri.Host, ["localhost"]) is { } host
                    )
                    {
                        yield return new Slip(setting.Value.Span, uri.Host, host);
                    }
                }
            }
        }
    }
}
