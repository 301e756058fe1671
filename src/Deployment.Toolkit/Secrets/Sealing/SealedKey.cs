using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// A key that opens sealed files: a private key of the curve P-256, 256 random bits, or a passphrase. From the last two a private key of
/// P-256 is derived, so that whoever changes the file needs nothing but everybody's public key. Dispose wipes it.
/// </summary>
public sealed class SealedKey : IDisposable
{
    private const string PublicPrefix = "p256:";

    private readonly RecipientKind _kind;
    private readonly byte[] _bits;
    private readonly P256PrivateKey? _pair;

    private SealedKey(RecipientKind kind, byte[] bits, P256PrivateKey? pair) => (_kind, _bits, _pair) = (kind, bits, pair);

    /// <summary>What others need to seal for this key, for example <c>p256:BO…</c>; <see langword="null"/> for a passphrase, whose pair differs from file to file.</summary>
    public string? PublicKey => _pair is null ? null : PublicPrefix + Convert.ToBase64String(_pair.PublicKey);

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
            throw DeploymentException.Refused(Codes.SecretsKeyUnsafe, $"The passphrase is shorter than {shortest} characters, and whoever has the file can try as many as they like. Take six random words or more.");
        return new SealedKey(RecipientKind.Passphrase, Encoding.UTF8.GetBytes(passphrase.Reveal().Normalize(NormalizationForm.FormC)), null);
    }

    /// <summary>Reads the text of a key: PEM of a P-256 private key, or 256 bits as Base64 or hexadecimal (<c>openssl rand -base64 32</c>).</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="DeploymentException">It is neither. The message does not repeat it.</exception>
    public static SealedKey Parse(Secret text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, "The key");
    }

    /// <summary>The key's own text, to be kept where secrets are kept.</summary>
    /// <exception cref="InvalidOperationException">It is a passphrase: nothing here hands words back.</exception>
    public Secret Export() => _kind switch
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
        var trimmed = text.Reveal().Trim();
        if (trimmed.StartsWith("-----BEGIN", StringComparison.Ordinal))
        {
            try
            {
                return new SealedKey(RecipientKind.P256, [], P256PrivateKey.FromPem(trimmed));
            }
            catch (CryptographicException)
            {
                throw DeploymentException.Refused(Codes.SecretsKeyUnsafe, $"{subject} is PEM, but no unencrypted private key of the curve P-256. Make one with 'deploy secrets key'.");
            }
        }

        if (trimmed.Length == 2 * SealedFormat.KeySize && trimmed.All(char.IsAsciiHexDigit)) return FromBits(Convert.FromHexString(trimmed));

        var bits = new byte[SealedFormat.KeySize];
        if (trimmed.Length == 44 && Convert.TryFromBase64String(trimmed, bits, out var written) && written == SealedFormat.KeySize) return FromBits(bits);

        throw DeploymentException.Refused(Codes.SecretsKeyUnsafe, $"{subject} is neither a P-256 private key in PEM nor 256 bits as Base64 or hexadecimal. Make one with 'deploy secrets key', or with 'openssl rand -base64 32'.");
    }

    /// <exception cref="DeploymentException">The text is no public key.</exception>
    internal static byte[] ParsePublic(string text, string subject)
    {
        var point = new byte[P256Point.Size];
        if (text.Trim() is var trimmed && trimmed.StartsWith(PublicPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(trimmed[PublicPrefix.Length..], point, out var written) && written == P256Point.Size && P256Point.IsOnCurve(point))
        {
            return point;
        }

        throw DeploymentException.Refused(Codes.RecipientInvalid, $"{subject} is no public key. One begins with 'p256:'; 'deploy secrets key' shows yours.");
    }

    internal static string Show(byte[] publicKey) => PublicPrefix + Convert.ToBase64String(publicKey);

    /// <summary>This key as a recipient; a passphrase gets a salt of its own.</summary>
    internal Recipient ToRecipient(string name)
    {
        if (_pair is not null) return new Recipient(name, _kind, _pair.PublicKey);

        var salt = RandomNumberGenerator.GetBytes(SealedFormat.SaltSize);
        using var pair = Stretch(salt, SealedFormat.FewestIterations);
        return new Recipient(name, _kind, pair.PublicKey) { Salt = salt, Iterations = SealedFormat.FewestIterations };
    }

    /// <summary>The private key when this key is that recipient's; a copy that the caller disposes.</summary>
    internal P256PrivateKey? For(Recipient recipient)
    {
        if (_pair is not null) return recipient.PublicKey.AsSpan().SequenceEqual(_pair.PublicKey) ? _pair.Copy() : null;
        if (recipient.Kind != RecipientKind.Passphrase) return null;

        var pair = Stretch(recipient.Salt, recipient.Iterations);
        if (recipient.PublicKey.AsSpan().SequenceEqual(pair.PublicKey)) return pair;
        pair.Dispose();
        return null;
    }

    private static SealedKey FromBits(byte[] bits) => new(RecipientKind.Raw, bits, P256PrivateKey.Derive(bits));

    private P256PrivateKey Stretch(byte[] salt, int iterations)
    {
        var stretched = Rfc2898DeriveBytes.Pbkdf2(_bits, salt, iterations, HashAlgorithmName.SHA256, SealedFormat.KeySize);
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
