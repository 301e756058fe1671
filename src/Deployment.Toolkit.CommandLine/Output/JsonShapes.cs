using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

// The names and their order, here and in the sections, are what scripts rely on (docs/cli.md); they change only with a major version.

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MessageJson))]
internal sealed partial class MessageShapes : JsonSerializerContext;

internal sealed record MessageJson(string Code, string Severity, string Text, string? Key, string? File, int? Line, int? Column)
{
    internal static MessageJson Of(DeploymentMessage message) =>
        new(message.Code, Format.Camel(message.Severity), message.Text, message.Key, message.File, message.Line, message.Column);
}

internal sealed record ReleaseJson(string Version, string? Commit)
{
    internal static ReleaseJson? Of(Release? release) => release is null ? null : new ReleaseJson(release.Version, release.Commit);
}
