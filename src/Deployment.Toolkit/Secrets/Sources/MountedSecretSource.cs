namespace Deployment.Toolkit.Secrets.Sources;

/// <summary>Secrets as containers mount them: one file a secret, named like it, <c>/run/secrets</c> unless the setting names another folder.</summary>
internal sealed class MountedSecretSource(string folder) : ISecretSource
{
    internal const string FolderKey = "Deployment:SecretsDirectory";
    internal const string DefaultFolder = "/run/secrets";

    // No secret is longer; a file that is was mounted by mistake and must not fill the memory.
    private const int LongestFile = 1 << 20;

    public string Name => folder;

    public async ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, request.Version is null ? request.Name : $"{request.Name}@{request.Version}");
        if (!File.Exists(path)) return null;
        if (new FileInfo(path).Length > LongestFile) throw DeploymentException.Refused(Diagnostics.Codes.SecretUnavailable, $"File {path} is longer than {LongestFile >> 20} MiB, which no secret is. Mount the right file");

        var text = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
        // Editors and echo end a file with a line break that is no part of the secret.
        return new SecretValue(new Secret(text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text));
    }
}
