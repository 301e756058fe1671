using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>A source that knows the place of each of its values, though it is no settings file.</summary>
internal abstract class TableProvider : ConfigurationProvider
{
    internal abstract SourceKind Kind { get; }

    /// <summary>What it serves now.</summary>
    internal abstract ConfigurationTable Current { get; }
}
