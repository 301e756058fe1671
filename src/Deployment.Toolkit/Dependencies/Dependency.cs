namespace Deployment.Toolkit.Dependencies;

/// <summary>Something outside that the app needs, and how to find out whether it is there. It throws when it isn't.</summary>
internal sealed record Dependency(string Name, Func<IServiceProvider, CancellationToken, Task> TryAsync)
{
    /// <summary>The setting that says where it is.</summary>
    internal string? Key { get; init; }
}
