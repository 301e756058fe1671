using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Options.Features;

namespace Deployment.Toolkit;

/// <summary>Feature flags that the code knows.</summary>
public static class FeatureFlagDeploymentExtensions
{
    /// <summary>
    /// Holds the feature flags of a section against those that the code knows: one that an environment does not define and one that the
    /// code does not know are faults of the configuration, like those of <c>AddValidatedOptions</c>. Reading flags stays what it was.
    /// </summary>
    /// <typeparam name="TFlags">An enum of flags, a class of constant names, or a class of <see langword="bool"/> properties.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="section">The section; by default the one of Microsoft.FeatureManagement.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddFeatureFlags<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)] TFlags
    >(this DeploymentBuilder builder, string section = "FeatureManagement") => builder.AddFeatureFlags(typeof(TFlags), section);

    /// <summary>The same for a static class of constant names, which cannot be a type argument.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="flags">The type.</param>
    /// <param name="section">The section; by default the one of Microsoft.FeatureManagement.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddFeatureFlags(
        this DeploymentBuilder builder,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
            Type flags,
        string section = "FeatureManagement"
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(flags);
        ArgumentException.ThrowIfNullOrEmpty(section);
        // Modules of an app may each have an enum of their own: the code knows the flags of all of them.
        var features = builder.Registrations.Of<OwnedSections>().Features;
        var known = features.Find(check => string.Equals(check.Section, section, StringComparison.OrdinalIgnoreCase));
        if (known is not null)
            features.Remove(known);
        features.Add(
            new FeatureFlagCheck(section, [.. (known?.Flags ?? []).Union(FeatureFlagNames.Of(flags), StringComparer.OrdinalIgnoreCase)])
        );
        return builder;
    }
}
