namespace Deployment.Toolkit.Secrets;

/// <summary>What a new sealed file says of itself.</summary>
public sealed record SealedFileSettings
{
    /// <summary>
    /// The name of a file beside the sealed one, which holds its key for everybody: for development alone. Default
    /// <see langword="null"/>.
    /// </summary>
    public string? DevelopmentKey { get; init; }
}
