namespace Deployment.Toolkit.Inspection;

/// <summary>The keys that the app declares to differ from environment to environment.</summary>
internal sealed class DifferingKeys() : HashSet<string>(StringComparer.OrdinalIgnoreCase);
