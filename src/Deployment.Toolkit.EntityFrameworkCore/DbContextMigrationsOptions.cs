namespace Deployment.Toolkit;

/// <summary>How the migrations of a context are taken.</summary>
public sealed class DbContextMigrationsOptions
{
    /// <summary>
    /// Whether a deployment goes on although the context's model has changes that no migration makes. By default it is refused: the code
    /// would meet a schema that it doesn't know. Default <see langword="false"/>.
    /// </summary>
    public bool AllowPendingModelChanges { get; set; }
}
