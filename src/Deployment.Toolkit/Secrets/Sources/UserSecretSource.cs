using Deployment.Toolkit.Settings;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Secrets.Sources;

/// <summary>.NET's user secrets, which the host adds in development only: <c>dotnet user-secrets set Secrets:db-password …</c>.</summary>
internal sealed class UserSecretSource(IConfiguration configuration) : ISecretSource
{
    public string Name => "user secrets";

    public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        var key = request.Version is null ? $"Secrets:{request.Name}" : $"Secrets:{request.Name}@{request.Version}";
        foreach (var layer in LayerReader.Read(configuration).Where(static layer => layer.Kind == SourceKind.UserSecrets))
        {
            if (layer.Table.Values.TryGetValue(key, out var found) && found.Value is { } value)
                return ValueTask.FromResult<SecretValue?>(new SecretValue(new Secret(value)));
        }

        return ValueTask.FromResult<SecretValue?>(null);
    }
}
