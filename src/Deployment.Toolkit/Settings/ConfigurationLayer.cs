namespace Deployment.Toolkit.Settings;

/// <summary>One source's part of the configuration as it stood when it was looked at.</summary>
internal sealed record ConfigurationLayer(SourceKind Kind, string Source, ConfigurationTable Table);
