using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Inspection;

/// <summary>A value that counts, with what it shadows.</summary>
/// <param name="Key">The key, as the weakest source spells it.</param>
/// <param name="Text">The value as it is written, a secret too.</param>
/// <param name="IsHidden">Whether the value must not be seen.</param>
/// <param name="Top">Where it comes from.</param>
/// <param name="Node">The key with what every layer says of it.</param>
internal sealed record EffectiveValue(string Key, string Text, bool IsHidden, Occurrence Top, ConfigurationNode Node)
{
    /// <summary>Whether nothing but the machine's variables or the command line sets it, outside the sections that the app owns.</summary>
    internal bool IsForeign { get; init; }

    /// <summary>Whether some layer says a secret at this key, though what counts may be a reference.</summary>
    internal bool IsSecretBelow { get; init; }
}
