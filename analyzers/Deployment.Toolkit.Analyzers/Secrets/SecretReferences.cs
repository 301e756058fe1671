using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The name by which a settings file refers to a secret.</summary>
internal static class SecretReferences
{
    /// <summary>"Smtp:ApiKey" becomes "smtp-api-key".</summary>
    public static string Name(string path) => string.Join("-", path.Split(':').SelectMany(NameWords.Of).Select(w => w.ToLowerInvariant()));
}
