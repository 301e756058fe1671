namespace Deployment.Toolkit.Databases;

/// <summary>A copy of the app's database to try something on; it is gone when this is disposed.</summary>
internal abstract class ScratchDatabase : IAsyncDisposable
{
    /// <summary>The copy, as a database of its own.</summary>
    internal abstract TargetDatabase Database { get; }

    public abstract ValueTask DisposeAsync();
}
