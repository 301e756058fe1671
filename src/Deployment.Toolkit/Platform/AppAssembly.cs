using System.Reflection;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// The assembly that is the app. It need not be the one that the process began with: test hosts start apps, and so do tools that a build
/// runs to read what an app serves.
/// </summary>
internal static class AppAssembly
{
    private const string Unknown = "0.0.0";

    /// <summary>The release of the assembly that the process began with.</summary>
    internal static string EntryRelease { get; } = ReleaseOf(Assembly.GetEntryAssembly());

    /// <summary>
    /// An app's assembly, by the name that its host gives it; where that is no assembly's, the one that the process began with.
    /// </summary>
    internal static Assembly? Of(string application) => Named(application) ?? Assembly.GetEntryAssembly();

    /// <summary>
    /// The name of whoever has begun this process and started the app in it; <see langword="null"/> in the app's own process.
    /// </summary>
    internal static string? StarterOf(string application) =>
        Assembly.GetEntryAssembly() is { } entry && Named(application) is { } app && app != entry ? entry.GetName().Name : null;

    /// <summary>The release that an assembly was built as, by its informational version.</summary>
    internal static string ReleaseOf(Assembly? assembly) =>
        assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion is { Length: > 0 } version
            ? version
            : Unknown;

    private static Assembly? Named(string application)
    {
        var entry = Assembly.GetEntryAssembly();
        return Is(entry) ? entry : Array.Find(AppDomain.CurrentDomain.GetAssemblies(), Is);

        bool Is(Assembly? assembly) => string.Equals(assembly?.GetName().Name, application, StringComparison.OrdinalIgnoreCase);
    }
}
