using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// The 256 random bits that everything of one file and epoch hangs on. Each use has a key of its own, derived by HKDF-SHA256.
/// </summary>
internal sealed class DataKey : IDisposable
{
    // Pinned, so that no copy stays behind when the collector moves it. HKDF's extract step is left out as RFC 5869 §3.3 allows: it is
    // random already.
    private readonly byte[] _key = GC.AllocateUninitializedArray<byte>(SealedFormat.KeySize, pinned: true);

    private DataKey() { }

    internal static DataKey Generate()
    {
        var key = new DataKey();
        RandomNumberGenerator.Fill(key._key);
        return key;
    }

    /// <summary>Opens the copy of a recipient.</summary>
    /// <exception cref="CryptographicException">The copy was made for another key, file, environment, epoch or name.</exception>
    internal static DataKey Unwrap(FileScope scope, Recipient recipient, P256PrivateKey privateKey)
    {
        var plain = Hpke.Open(privateKey, recipient.Encapsulated, Wrapping(scope, recipient), [], recipient.WrappedKey);
        var key = new DataKey();
        plain.CopyTo(key._key.AsSpan());
        CryptographicOperations.ZeroMemory(plain);
        return key;
    }

    internal Recipient WrapFor(FileScope scope, Recipient recipient)
    {
        var (encapsulated, box) = Hpke.Seal(recipient.PublicKey, Wrapping(scope, recipient), [], _key);
        return recipient with { Encapsulated = encapsulated, WrappedKey = box };
    }

    /// <summary>AES-GCM alone lets one ciphertext open under two keys; this fixes which key it is before anything is opened.</summary>
    internal byte[] Commitment(FileScope scope) => Derive(scope.Bind("commitment").Written);

    internal byte[] Seal(SealedFile file)
    {
        var key = Derive(file.Scope.Bind("seal").Written);
        try
        {
            return HMACSHA256.HashData(key, SealedFileWriter.SealedPart(file));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    internal SealedEntry SealEntry(FileScope scope, SealedEntry entry, Secret value)
    {
        var padded = PaddedValue.Pad(value);
        try
        {
            return entry with { Box = Box(Entry(scope, entry).Written, padded) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <exception cref="CryptographicException">It was sealed as another secret, version, state or time, or was changed.</exception>
    internal Secret OpenEntry(FileScope scope, SealedEntry entry) => PaddedValue.Unpad(Unbox(Entry(scope, entry).Written, entry.Box));

    private byte[] Box(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain)
    {
        var key = Derive(associated);
        var nonce = RandomNumberGenerator.GetBytes(HpkeAeads.NonceSize);
        byte[] box = [.. nonce, .. HpkeAead.Aes256Gcm.Seal(key, nonce, associated, plain)];
        CryptographicOperations.ZeroMemory(key);
        return box;
    }

    private byte[] Unbox(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> box)
    {
        if (box.Length < HpkeAeads.NonceSize)
            throw new CryptographicException("The sealed bytes are shorter than their nonce.");

        var key = Derive(associated);
        try
        {
            return HpkeAead.Aes256Gcm.Open(key, box[..HpkeAeads.NonceSize], associated, box[HpkeAeads.NonceSize..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    /// <summary>What an entry is bound to, besides its file.</summary>
    internal static FieldWriter Describe(FieldWriter fields, SealedEntry entry) =>
        fields.Text(entry.Name).Number(entry.Version).Text(SealedFileWriter.Word(entry.State)).Time(entry.NotBefore).Time(entry.Expires);

    private static FieldWriter Entry(FileScope scope, SealedEntry entry) => Describe(scope.Bind("entry"), entry);

    private static ReadOnlySpan<byte> Wrapping(FileScope scope, Recipient recipient) => recipient.Describe(scope.Bind("wrap")).Written;

    private byte[] Derive(ReadOnlySpan<byte> info)
    {
        var key = new byte[SealedFormat.KeySize];
        HKDF.Expand(HashAlgorithmName.SHA256, _key, key, info);
        return key;
    }
}
