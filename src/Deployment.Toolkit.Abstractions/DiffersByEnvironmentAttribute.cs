namespace Deployment.Toolkit;

/// <summary>
/// Says that a member of options, or everything in options of a type, is meant to differ from environment to environment, so that
/// <c>deploy config parity</c> stays quiet about it. It still has to be set in each of them or in none.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class DiffersByEnvironmentAttribute : Attribute
{
    /// <summary>Whether the member may also be left out in some environments. Default <see langword="false"/>.</summary>
    public bool MayBeMissing { get; init; }
}
