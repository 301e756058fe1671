using System.Text.Json;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

/// <summary>The published vectors, which are not part of the repository: found by walking up to a folder <c>shared/data</c>.</summary>
internal static class HpkeVectors
{
    internal const string File = "hpke-p256-hkdf-sha256.json";

    internal static List<JsonElement> Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", File);
            if (System.IO.File.Exists(path)) return [.. JsonDocument.Parse(System.IO.File.ReadAllBytes(path)).RootElement.GetProperty("vectors").EnumerateArray()];
        }

        return [];
    }
}
