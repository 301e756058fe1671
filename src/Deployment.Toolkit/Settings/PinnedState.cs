using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.Settings;

/// <summary>What the file of pinned configuration holds.</summary>
/// <param name="Release">The release that was verified with it.</param>
/// <param name="Run">The rollback that pinned it.</param>
/// <param name="Values">The values, without those of secrets; a reference to a secret is none.</param>
/// <param name="Removed">Keys that have a value now and had none then.</param>
internal sealed record PinnedState(string Release, string Run, IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Removed)
{
    /// <exception cref="JsonException">The file holds something else.</exception>
    internal static PinnedState Parse(byte[] content) =>
        JsonSerializer.Deserialize(content, PinnedJson.Default.PinnedState)
        ?? throw new JsonException("It holds null where an object is expected.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(PinnedState))]
internal sealed partial class PinnedJson : JsonSerializerContext;
