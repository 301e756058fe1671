namespace Deployment.Toolkit.Secrets;

/// <summary>What a new sealed file says of itself.</summary>
public sealed record SealedFileSettings
{
    /// <summary>
    /// Whether a proposal counts without a recipient's look at it. Default <see langword="false"/>: with it, whoever can change the file in
    /// the repository decides about values.
    /// </summary>
    public bool AcceptsProposals { get; init; }

    /// <summary>
    /// The name of a file beside the sealed one, which holds its key for everybody: for development alone. Default
    /// <see langword="null"/>.
    /// </summary>
    public string? DevelopmentKey { get; init; }
}
