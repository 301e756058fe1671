using System.Reflection;

namespace Deployment.Toolkit.Platform;

/// <summary>The release that this process is, by its entry assembly's informational version.</summary>
internal static class EntryRelease
{
    internal static string Text { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            is { Length: > 0 } version
            ? version
            : "0.0.0";
}
