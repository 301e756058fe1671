using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// A key that opens sealed files and signs what changes in them: a private key of the curve P-256, 256 random bits, or a passphrase. From
/// the last two a private key of P-256 is derived, so that whoever changes the file needs nothing but everybody's public key; from each of
/// them another one, which signs. Dispose wipes it.
/// </summary>
public sealed class SealedKey : IDisposable
{
    private const string PublicPrefix = "p256:";
    private const int PublicSize = 2 * P256Point.Size;

    private readonly RecipientKind _kind;
    private readonly byte[] _bits;
    private readonly P256PrivateKey? _pair;

    private SealedKey(RecipientKind kind, byte[] bits, P256PrivateKey? pair) => (_kind, _bits, _pair) = (kind, bits, pair);

    /// <summary>
    /// What others need to seal for this key and to know its signature by, for example <c>p256:BO…</c>; <see langword="null"/> for a
    /// passphrase, whose pair differs from file to file.
    /// </summary>
    public string? PublicKey => _pair is null ? null : Show(_pair.PublicKey, _pair.Signing.PublicKey);

    /// <summary>Makes a new key pair, for a person.</summary>
    /// <returns>A key whose text is PEM.</returns>
    public static SealedKey Generate() => new(RecipientKind.P256, [], P256PrivateKey.Generate());

    /// <summary>Makes a new key of 256 random bits, for a machine: it fits into an environment variable.</summary>
    /// <returns>A key whose text is 44 characters of Base64.</returns>
    public static SealedKey GenerateRaw() => FromBits(RandomNumberGenerator.GetBytes(SealedFormat.KeySize));

    /// <summary>Takes words. Whoever has the file can try words offline, half a second each, so take at least six random ones.</summary>
    /// <param name="passphrase">The words; at least 12 characters.</param>
    /// <exception cref="DeploymentException">It is too short.</exception>
    public static SealedKey FromPassphrase(Secret passphrase)
    {
        ArgumentNullException.ThrowIfNull(passphrase);
        const int shortest = 12;
        if (passphrase.Reveal().Length < shortest)
            throw DeploymentException.Refused(
                Codes.SecretsKeyUnsafe,
                $"The passphrase is shorter than {shortest} characters, and whoever has the file can try as many as they like. Take six "
                    + $"random words or more."
            );
        return new SealedKey(
            RecipientKind.Passphrase,
            Encoding.UTF8.GetBytes(passphrase.Reveal().Normalize(NormalizationForm.FormC)),
            null
        );
    }

    /// <summary>
    /// Reads the text of a key: PEM of a P-256 private key, or 256 bits as Base64 or hexadecimal (<c>openssl rand -base64 32</c>).
    /// </summary>
    /// <param name="text">The text.</param>
    /// <exception cref="DeploymentException">It is neither. The message does not repeat it.</exception>
    public static SealedKey Parse(Secret text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, "The key");
    }

    /// <summary>The key's own text, to be kept where secrets are kept.</summary>
    /// <exception cref="InvalidOperationException">It is a passphrase: nothing here hands words back.</exception>
    public Secret Export() =>
        _kind switch
        {
            RecipientKind.P256 => new Secret(_pair!.ToPem()),
            RecipientKind.Raw => new Secret(Convert.ToBase64String(_bits)),
            _ => throw new InvalidOperationException("A passphrase is not handed back."),
        };

    /// <summary>Wipes what the key holds, as far as the platform lets it.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bits);
        _pair?.Dispose();
    }

    internal static SealedKey Parse(Secret text, string subject)
    {
        var trimmed = KeyTexts.Unfolded(text.Reveal()).Trim();
        if (trimmed.StartsWith("-----BEGIN", StringComparison.Ordinal))
        {
            try
            {
                return new SealedKey(RecipientKind.P256, [], P256PrivateKey.FromPem(trimmed));
            }
            catch (CryptographicException)
            {
                throw DeploymentException.Refused(
                    Codes.SecretsKeyUnsafe,
                    $"{subject} is PEM, but no unencrypted private key of the curve P-256. Make one with 'deploy secrets key'."
                );
            }
        }

        if (trimmed.Length == 2 * SealedFormat.KeySize && trimmed.All(char.IsAsciiHexDigit))
            return FromBits(Convert.FromHexString(trimmed));

        var bits = new byte[SealedFormat.KeySize];
        if (trimmed.Length == 44 && Convert.TryFromBase64String(trimmed, bits, out var written) && written == SealedFormat.KeySize)
            return FromBits(bits);

        throw DeploymentException.Refused(
            Codes.SecretsKeyUnsafe,
            $"{subject} is neither a P-256 private key in PEM nor 256 bits as Base64 or hexadecimal. Make one with 'deploy secrets "
                + $"key', or with 'openssl rand -base64 32'."
        );
    }

    /// <exception cref="DeploymentException">The text is no public key.</exception>
    internal static (byte[] Opens, byte[] Signs) ParsePublic(string text, string subject)
    {
        var points = new byte[PublicSize];
        if (
            text.Trim() is var trimmed
            && trimmed.StartsWith(PublicPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(trimmed[PublicPrefix.Length..], points, out var written)
            && written == PublicSize
            && P256Point.IsOnCurve(points.AsSpan(0, P256Point.Size))
            && P256Point.IsOnCurve(points.AsSpan(P256Point.Size))
        )
        {
            return (points[..P256Point.Size], points[P256Point.Size..]);
        }

        throw DeploymentException.Refused(
            Codes.RecipientInvalid,
            $"{subject} is no public key. One begins with 'p256:' and holds two points, one to seal for and one to know signatures by; "
                + $"'deploy secrets key' shows yours."
        );
    }

    internal static string Show(byte[] opens, byte[] signs) => PublicPrefix + Convert.ToBase64String([.. opens, .. signs]);

    /// <summary>The key that signs, where this is one that is the same for every file.</summary>
    internal SigningKey? Signing => _pair?.Signing;

    /// <summary>This key as a recipient; a passphrase gets a salt of its own.</summary>
    internal Recipient ToRecipient(string name, CancellationToken cancellationToken = default)
    {
        if (_pair is not null)
            return new Recipient(name, _kind, _pair.PublicKey, _pair.Signing.PublicKey);

        var salt = RandomNumberGenerator.GetBytes(SealedFormat.SaltSize);
        using var pair = Stretch(salt, SealedFormat.FewestIterations, cancellationToken);
        return new Recipient(name, _kind, pair.PublicKey, pair.Signing.PublicKey)
        {
            Salt = salt,
            Iterations = SealedFormat.FewestIterations,
        };
    }

    /// <summary>The private key when this key is that recipient's; a copy that the caller disposes.</summary>
    internal P256PrivateKey? For(Recipient recipient, CancellationToken cancellationToken = default)
    {
        if (_pair is not null)
            return IsOf(recipient, _pair) ? _pair.Copy() : null;
        if (recipient.Kind != RecipientKind.Passphrase)
            return null;

        var pair = Stretch(recipient.Salt, recipient.Iterations, cancellationToken);
        if (IsOf(recipient, pair))
            return pair;
        pair.Dispose();
        return null;
    }

    private static bool IsOf(Recipient recipient, P256PrivateKey pair) =>
        recipient.PublicKey.AsSpan().SequenceEqual(pair.PublicKey) && recipient.SigningKey.AsSpan().SequenceEqual(pair.Signing.PublicKey);

    private static SealedKey FromBits(byte[] bits) => new(RecipientKind.Raw, bits, P256PrivateKey.Derive(bits));

    // One call of the platform cannot be cancelled, and takes up to half a minute: whoever gives up waiting leaves it behind, on a thread
    // that keeps no process alive.
    private P256PrivateKey Stretch(byte[] salt, int iterations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] words = [.. _bits];
        var stretching = Task.Run(
            () =>
            {
                try
                {
                    return Rfc2898DeriveBytes.Pbkdf2(words, salt, iterations, HashAlgorithmName.SHA256, SealedFormat.KeySize);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(words);
                }
            },
            CancellationToken.None
        );
        stretching.Wait(cancellationToken);
        var stretched = stretching.GetAwaiter().GetResult();
        try
        {
            return P256PrivateKey.Derive(stretched);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(stretched);
        }
    }
}
