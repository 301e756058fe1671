using Deployment.Toolkit.Configuration;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Secrets.Sources;

/// <summary>Secrets in variables: <c>secret://db-password</c> is <c>DEPLOYMENT_SECRET_DB_PASSWORD</c>.</summary>
internal sealed class EnvironmentSecretSource : ISecretSource
{
    private const string Prefix = "DEPLOYMENT_SECRET_";

    public string Name => "environment variables";

    public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        var variable = VariableOf(new SecretReference(request.Name, request.Version));
        return ValueTask.FromResult(ProcessEnvironment.Pick([variable]).TryGetValue(variable, out var value) ? new SecretValue(new Secret(value)) : null);
    }

    internal static string VariableOf(SecretReference reference)
    {
        var name = reference.Version is null ? reference.Name : $"{reference.Name}_{reference.Version}";
        return Prefix + string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
    }
}
