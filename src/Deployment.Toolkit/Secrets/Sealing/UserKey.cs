using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>A key with the file or the other place that it lies in.</summary>
internal readonly record struct FiledKey(SealedKey Key, string File, bool IsNew);

/// <summary>The key pair of whoever sits at this machine.</summary>
internal static class UserKey
{
    private const string File = "default.key";

    /// <summary>The user's name as a recipient's.</summary>
    internal static string Name
    {
        get
        {
            var name = new string([
                .. Environment.UserName.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
            ]).TrimStart('-', '_', '.');
            return name.Length == 0 ? "me" : name;
        }
    }

    /// <exception cref="DeploymentException">There is no place for it, or it is open to others.</exception>
    internal static async Task<FiledKey> GetOrMakeAsync(string? folder, CancellationToken cancellationToken)
    {
        if (folder is null)
            throw DeploymentException.Refused(
                Codes.SecretsKeyMissing,
                $"This user has no folder for keys. Set HOME, or give a key in {KeyRing.KeyVariable}."
            );

        return await KeyFile
            .GetOrMakeAsync(Path.Combine(folder, File), SealedKey.Generate, isPublished: false, cancellationToken)
            .ConfigureAwait(false);
    }
}

/// <summary>A key that is committed beside its file, so that a clone of the repository runs.</summary>
internal static class DevelopmentKey
{
    /// <exception cref="DeploymentException">The environment is protected.</exception>
    internal static async Task<FiledKey> MakeAsync(
        SealedSecrets secrets,
        DeploymentEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        if (environment.IsProtected)
            throw DeploymentException.Refused(
                Codes.SecretsKeyUnsafe,
                $"Environment '{environment.Name}' is protected, so its secrets get no key that everybody has. Run 'deploy secrets init "
                    + $"--environment {environment.Name}' without --development-key."
            );

        return await KeyFile
            .GetOrMakeAsync(Path.ChangeExtension(secrets.Path, ".key"), SealedKey.GenerateRaw, isPublished: true, cancellationToken)
            .ConfigureAwait(false);
    }
}
