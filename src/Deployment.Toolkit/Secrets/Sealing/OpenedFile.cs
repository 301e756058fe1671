using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>A sealed file whose seal holds, with the key that opens its values.</summary>
internal sealed class OpenedFile : IDisposable
{
    private OpenedFile(SealedFile file, DataKey key, Recipient by, P256PrivateKey privateKey) =>
        (File, Key, By, PrivateKey) = (file, key, by, privateKey);

    internal SealedFile File { get; }

    internal DataKey Key { get; }

    /// <summary>Whose key opened it.</summary>
    internal Recipient By { get; }

    internal P256PrivateKey PrivateKey { get; }

    /// <exception cref="DeploymentException">The file is of another environment, none of the keys fits, or something was changed. No
    /// message holds a value.</exception>
    internal static OpenedFile Open(
        SealedFile file,
        string path,
        string environment,
        KeyRing keys,
        CancellationToken cancellationToken = default
    )
    {
        EnsureEnvironment(file, path, environment);
        var (recipient, privateKey) = keys.Find(file, path, cancellationToken);
        DataKey? key = null;
        try
        {
            key = Unwrap(file, path, recipient, privateKey);
            if (!CryptographicOperations.FixedTimeEquals(key.Commitment(file.Scope), file.Header.Commitment))
                throw Tampered(
                    $"Sealed file '{path}' commits itself to another data key than '{recipient.Name}' is given: the commitment or that "
                        + $"line was changed. Take the file from version control again."
                );
            if (!CryptographicOperations.FixedTimeEquals(key.Seal(file), file.Seal))
                throw Diagnose(file, key, path);
            return new OpenedFile(file, key, recipient, privateKey);
        }
        catch
        {
            key?.Dispose();
            privateKey.Dispose();
            throw;
        }
    }

    internal static void EnsureEnvironment(SealedFile file, string path, string environment)
    {
        if (string.Equals(file.Environment, environment, StringComparison.OrdinalIgnoreCase))
            return;

        throw DeploymentException.Refused(
            Codes.SealedFileForeign,
            $"Sealed file '{path}' was made for environment '{file.Environment}', not for '{environment}'. Each environment has a file "
                + $"of its own: 'deploy secrets init --environment {environment}'."
        );
    }

    /// <summary>The same keys over a draft of the same epoch; disposed with this one.</summary>
    internal OpenedFile With(SealedFile draft) => new(draft, Key, By, PrivateKey);

    internal Secret Reveal(SealedEntry entry) => Key.OpenEntry(File.Scope, entry);

    public void Dispose()
    {
        Key.Dispose();
        PrivateKey.Dispose();
    }

    private static DataKey Unwrap(SealedFile file, string path, Recipient recipient, P256PrivateKey privateKey)
    {
        try
        {
            return DataKey.Unwrap(file.Scope, recipient, privateKey);
        }
        catch (CryptographicException)
        {
            throw Tampered(
                $"Sealed file '{path}': the line of recipient '{recipient.Name}' does not open with that recipient's key. The line was "
                    + $"changed or comes from another file, or the file's id, environment or epoch was changed. Take the file from "
                    + $"version control again."
            );
        }
    }

    // Only after the seal failed: says which line it is where that can be told.
    private static DeploymentException Diagnose(SealedFile file, DataKey key, string path)
    {
        foreach (var entry in file.Entries)
        {
            try
            {
                key.OpenEntry(file.Scope, entry);
            }
            catch (CryptographicException)
            {
                return Tampered(
                    $"Sealed file '{path}': secret '{entry.Name}' version {entry.Version} is not as it was sealed: its line was "
                        + $"changed, or moved here from another name, version, environment, epoch or file. Take the file from version "
                        + $"control again."
                );
            }
        }

        return Tampered(
            $"Sealed file '{path}': every secret is genuine, yet the file as a whole is not as it was sealed: a line was taken out, put "
                + $"back from an earlier state or swapped, or a recipient, setting or the seal was changed. Take the file from version "
                + $"control again."
        );
    }

    private static DeploymentException Tampered(string text) => DeploymentException.Refused(Codes.SealedFileTampered, text);
}
