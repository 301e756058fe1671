using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The 256 random bits that everything of one file and epoch hangs on. Each use has a key of its own, derived by HKDF-SHA256.</summary>
internal sealed class DataKey : IDisposable
{
    // Pinned, so that no copy stays behind when the collector moves it. HKDF's extract step is left out as RFC 5869 §3.3 allows: it is random already.
    private readonly byte[] _key = GC.AllocateUninitializedArray<byte>(SealedFormat.KeySize, pinned: true);

    private DataKey()
    {
    }

    internal static DataKey Generate()
    {
        var key = new DataKey();
        RandomNumberGenerator.Fill(key._key);
        return key;
    }

    /// <summary>Opens the copy of a recipient.</summary>
    /// <exception cref="CryptographicException">The copy was made for another key, file, environment, epoch or name.</exception>
    internal static DataKey Unwrap(SealedFile file, Recipient recipient, P256PrivateKey privateKey)
    {
        var plain = Hpke.Open(privateKey, recipient.Encapsulated, Wrapping(file, recipient), [], recipient.WrappedKey);
        var key = new DataKey();
        plain.CopyTo(key._key.AsSpan());
        CryptographicOperations.ZeroMemory(plain);
        return key;
    }

    internal Recipient WrapFor(SealedFile file, Recipient recipient)
    {
        var (encapsulated, box) = Hpke.Seal(recipient.PublicKey, Wrapping(file, recipient), [], _key);
        return recipient with { Encapsulated = encapsulated, WrappedKey = box };
    }

    /// <summary>AES-GCM alone lets one ciphertext open under two keys; this fixes which key it is before anything is opened.</summary>
    internal byte[] Commitment(SealedFile file) => Derive(file.Bind("commitment").Written);

    internal byte[] Seal(SealedFile file)
    {
        var key = Derive(file.Bind("seal").Written);
        try
        {
            return HMACSHA256.HashData(key, SealedFileWriter.SealedPart(file));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Proves to whoever remembers an epoch that its key's owner made the next.</summary>
    internal byte[] Link(SealedFile file) => Derive(file.Bind("link").Written);

    internal SealedEntry SealEntry(SealedFile file, SealedEntry entry, Secret value)
    {
        var padded = PaddedValue.Pad(value);
        try
        {
            return entry with { Box = Box(Entry(file, entry).Written, padded) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <exception cref="CryptographicException">It was sealed as another secret, version, state or time, or was changed.</exception>
    internal Secret OpenEntry(SealedFile file, SealedEntry entry) => PaddedValue.Unpad(Unbox(Entry(file, entry).Written, entry.Box));

    internal byte[] Box(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain)
    {
        var key = Derive(associated);
        var nonce = RandomNumberGenerator.GetBytes(HpkeAeads.NonceSize);
        byte[] box = [.. nonce, .. HpkeAead.Aes256Gcm.Seal(key, nonce, associated, plain)];
        CryptographicOperations.ZeroMemory(key);
        return box;
    }

    internal byte[] Unbox(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> box)
    {
        if (box.Length < HpkeAeads.NonceSize) throw new CryptographicException("The sealed bytes are shorter than their nonce.");

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

    private static FieldWriter Entry(SealedFile file, SealedEntry entry) => Describe(file.Bind("entry"), entry);

    private static ReadOnlySpan<byte> Wrapping(SealedFile file, Recipient recipient) =>
        file.Bind("wrap").Text(recipient.Name).Text(SealedFileWriter.Word(recipient.Kind)).Bytes(recipient.PublicKey).Bytes(recipient.Salt).Number(recipient.Iterations).Written;

    private byte[] Derive(ReadOnlySpan<byte> info)
    {
        var key = new byte[SealedFormat.KeySize];
        HKDF.Expand(HashAlgorithmName.SHA256, _key, key, info);
        return key;
    }
}
