using System.Text;

namespace Deployment.Toolkit.Secrets.Sources;

/// <summary>
/// Secrets as containers mount them: one file a secret, named like it, <c>/run/secrets</c> unless the setting names another folder.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="takesEmpty">Whether an empty file is a secret.</param>
internal sealed class MountedSecretSource(string folder, bool takesEmpty = false) : ISecretSource
{
    internal const string FolderKey = "Deployment:SecretsDirectory";
    internal const string DefaultFolder = "/run/secrets";

    // No secret is longer; a file that is was mounted by mistake and must not fill the memory.
    private const int LongestFile = 1 << 20;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public string Name => folder;

    public async ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, request.Version is null ? request.Name : $"{request.Name}@{request.Version}");
        if (!File.Exists(path))
            return null;
        if (new FileInfo(path).Length > LongestFile)
            throw DeploymentException.Refused(
                Diagnostics.Codes.SecretUnavailable,
                $"File {path} is longer than {LongestFile >> 20} MiB, which no secret is. Mount the right file"
            );

        var text = Read(path, await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
        // Editors and echo end a file with a line break that is no part of the secret.
        text =
            text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
            : text.EndsWith('\n') ? text[..^1]
            : text;
        return text.Length > 0 || takesEmpty ? new SecretValue(new Secret(text)) : null;
    }

    // No guessing by the first bytes: FF FE may be a key's own, and what was read as UTF-16 would be another secret.
    private static string Read(string path, byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes.AsSpan(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0));
        }
        catch (DecoderFallbackException)
        {
            throw DeploymentException.Refused(
                Diagnostics.Codes.SecretUnavailable,
                $"File {path} holds bytes that are no UTF-8. Mount it as Base64"
            );
        }
    }
}
