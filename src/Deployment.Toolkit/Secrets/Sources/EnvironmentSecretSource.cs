using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Secrets.Sources;

/// <summary>Secrets in variables: <c>secret://db-password</c> is <c>DEPLOYMENT_SECRET_DB_PASSWORD</c>.</summary>
/// <param name="takesEmpty">Whether a variable that is set to nothing is a secret: by default it is one that CI could not fill.</param>
internal sealed class EnvironmentSecretSource(bool takesEmpty = false) : ISecretSource
{
    internal const string TakesEmptyKey = "Deployment:AllowEmptySecrets";

    private const string Prefix = "DEPLOYMENT_SECRET_";

    public string Name => "environment variables";

    public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        var variable = VariableOf(new SecretReference(request.Name, request.Version));
        return ValueTask.FromResult(
            ProcessEnvironment.Pick([variable]).TryGetValue(variable, out var value) && (value.Length > 0 || takesEmpty)
                ? new SecretValue(new Secret(value))
                : null
        );
    }

    /// <summary>Whether the variable is there and empty.</summary>
    internal static bool IsEmpty(SecretReference reference) => ProcessEnvironment.Pick([VariableOf(reference)]).ContainsValue("");

    internal static string VariableOf(SecretReference reference) => Prefix + NameOf(reference);

    /// <summary>A secret's name as a variable.</summary>
    internal static string NameOf(SecretReference reference)
    {
        var name = reference.Version is null ? reference.Name : $"{reference.Name}_{reference.Version}";
        return string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
    }
}
