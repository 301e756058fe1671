using System.Text.Json.Serialization;

namespace Deployment.Toolkit.Backup;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(BackupInfo))]
internal sealed partial class BackupJson : JsonSerializerContext;
