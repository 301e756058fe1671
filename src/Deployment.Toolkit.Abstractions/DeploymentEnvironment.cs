namespace Deployment.Toolkit;

/// <summary>A named place to deploy to, as declared in <c>AddEnvironments</c>.</summary>
public sealed record DeploymentEnvironment
{
    /// <summary>Makes one.</summary>
    /// <param name="name">The declared spelling; names compare without case.</param>
    public DeploymentEnvironment(string name) => Name = name;

    /// <summary>The declared spelling; names compare without case.</summary>
    public string Name { get; init; }

    /// <summary>
    /// The environment that a release must be verified in before it may enter this one; <see langword="null"/> for an entrance.
    /// </summary>
    public string? PromotedFrom { get; init; }

    /// <summary>
    /// The environment whose configuration files lie below this one's own; <see langword="null"/> when it inherits nothing.
    /// </summary>
    public string? InheritsFrom { get; init; }

    /// <summary>
    /// Whether verbs that change it want it named explicitly, and out-of-order migrations are refused. Default <see langword="false"/>.
    /// </summary>
    public bool IsProtected { get; init; }

    /// <summary>
    /// What kind of place it is, for people and reports (for example <c>production</c>); <see langword="null"/> when not said.
    /// </summary>
    public string? Tier { get; init; }
}
