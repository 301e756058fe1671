using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// The sealed secrets of one environment: a file that is committed with the code, in which names can be read and values cannot. Each
/// change reads, checks and rewrites the whole file in one step; a change that fails leaves the old file as it was. The format stands in
/// docs/secrets.md. What is thrown names what is wrong and never a value.
/// </summary>
public sealed class SealedSecrets
{
    internal const string AttributesLine = "secrets.*.json -text merge=deployment-secrets";

    private readonly SealedStore _store;
    private readonly KeyRing _keys;
    private readonly TimeProvider _time;

    /// <summary>Names the file; nothing is read yet.</summary>
    /// <param name="path">The file, usually <c>secrets.{environment}.json</c> in the content root.</param>
    /// <param name="environment">The environment that it must be made for.</param>
    /// <param name="key">
    /// The key to open it with. Default: the first that fits of the variables <c>DEPLOYMENT_SECRETS_KEY</c> and
    /// <c>DEPLOYMENT_SECRETS_KEY_FILE</c>, the user's key files, the file's development key and <c>DEPLOYMENT_SECRETS_PASSPHRASE</c>.
    /// </param>
    /// <param name="time">The clock. Default: the system's.</param>
    public SealedSecrets(string path, string environment, SealedKey? key = null, TimeProvider? time = null)
        : this(path, environment, key is null ? KeyRing.OfProcess() : KeyRing.Of(key), time ?? TimeProvider.System)
    {
    }

    internal SealedSecrets(string path, string environment, KeyRing keys, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(environment);
        (_store, Environment, _keys, _time) = (new SealedStore(path), environment, keys, time);
    }

    /// <summary>The file's full path.</summary>
    public string Path => _store.Path;

    /// <summary>The environment.</summary>
    public string Environment { get; }

    /// <summary>Whether the file is there.</summary>
    public bool Exists => _store.Exists;

    internal EpochMemory Memory { get; init; } = EpochMemory.None;

    /// <summary>What an environment's file is called.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns><c>secrets.{environment}.json</c>.</returns>
    public static string FileName(string environment) => $"secrets.{environment}.json";

    /// <summary>Makes the file, without secrets.</summary>
    /// <param name="recipient">The first recipient's name.</param>
    /// <param name="key">The first recipient's key.</param>
    /// <param name="settings">What the file says of itself.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is one already, or a name is none.</exception>
    public Task InitializeAsync(string recipient, SealedKey key, SealedFileSettings? settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        EnsureName(recipient, Codes.RecipientInvalid, "Recipient");
        EnsureName(Environment, Codes.SealedFileForeign, "Environment");
        if (settings?.DevelopmentKey is { } published) EnsureName(published, Codes.SecretsKeyUnsafe, "Development key file");
        return _store.LockedAsync(async () =>
        {
            if (Exists) throw DeploymentException.Refused(Codes.SealedFileInvalid, $"Sealed file '{Path}' is there already and is not replaced. Add to it with 'deploy secrets set', or change its recipients with 'deploy secrets recipients add'.");

            await _store.WriteAsync(SealedEdits.New(new SealedFile
            {
                Id = RandomNumberGenerator.GetHexString(2 * SealedFormat.FileIdSize, lowercase: true),
                Environment = Environment,
                Epoch = 1,
                DevelopmentKey = settings?.DevelopmentKey,
                AcceptsProposals = settings?.AcceptsProposals ?? false,
                Recipients = [key.ToRecipient(recipient)],
            }), cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken);
    }

    /// <summary>What the file shows without a key: secrets and proposals, by name and version. Nothing of it is checked against the seal.</summary>
    /// <exception cref="DeploymentException">There is no file, or it was changed by hand.</exception>
    public IReadOnlyList<SealedSecretInfo> List()
    {
        var file = _store.Read();
        return [.. file.Entries.Select(static entry => Show(entry)), .. file.Proposals.Select(static proposal => Show(proposal.Entry) with { Proposal = proposal.Id })];
    }

    /// <summary>Who can open the file, by name.</summary>
    /// <exception cref="DeploymentException">There is no file, or it was changed by hand.</exception>
    public IReadOnlyList<SealedRecipientInfo> ListRecipients() =>
        [.. _store.Read().Recipients.Select(static recipient => new SealedRecipientInfo(recipient.Name, SealedFileWriter.Word(recipient.Kind), SealedKey.Show(recipient.PublicKey)))];

    /// <summary>Opens the file and every value in it, and throws when anything was changed.</summary>
    /// <returns>The file's epoch.</returns>
    /// <exception cref="DeploymentException">It does not open, or something was changed.</exception>
    public long Verify()
    {
        using var opened = Open();
        foreach (var entry in opened.File.Entries) opened.Reveal(entry);
        return opened.File.Epoch;
    }

    /// <summary>Opens one value.</summary>
    /// <param name="name">The secret; case does not matter.</param>
    /// <param name="version"><see langword="null"/> for the one in force, <c>previous</c> for the one before it while its grace lasts, or a number.</param>
    /// <exception cref="DeploymentException">There is none, it is expired or not valid yet, or the file does not open.</exception>
    public Secret Get(string name, string? version = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var opened = Open();
        return SealedLookup.Find(SealedEdits.Versions(opened.File, name), version, _time.GetUtcNow()) is { } entry ? opened.Reveal(entry) : throw DeploymentException.Refused(
            Codes.SecretUnknown, $"Sealed file '{Path}' has no secret '{name}'{(version is null ? "" : $" of version '{version}'")}.{Suggestion.Sentence(name, SealedEdits.Names(opened.File))} 'deploy secrets list' shows those that there are.");
    }

    /// <summary>Puts a value in. Older versions of the name go at once; <see cref="RotateAsync"/> leaves them readable for a while.</summary>
    /// <param name="name">Letters, digits, '.', '-' and '_'; at most 128.</param>
    /// <param name="value">The value; at most 64 KiB of UTF-8.</param>
    /// <param name="validity">When it is good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">The file does not open, or name, value or times are none.</exception>
    public Task SetAsync(string name, Secret value, SealedValidity validity, CancellationToken cancellationToken) =>
        SetAsync([new(name, value)], validity, cancellationToken);

    /// <summary>Puts several values in, in one write.</summary>
    /// <param name="values">The values by name.</param>
    /// <param name="validity">When they are good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">As for one; then none was put in.</exception>
    public Task SetAsync(IReadOnlyCollection<KeyValuePair<string, Secret>> values, SealedValidity validity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values) EnsureValue(name, value, validity);
        return ChangeAsync(opened => values.Aggregate(opened.File, (file, pair) => SealedEdits.Set(opened.With(file), pair.Key, pair.Value, validity)), cancellationToken);
    }

    /// <summary>Adds a version. The one before it stays readable as <c>previous</c> until its grace ends.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="grace">For how long the old one stays readable, from now or from when the new one begins to be good.</param>
    /// <param name="validity">When the new one is good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is no such secret, or as for <see cref="SetAsync(string, Secret, SealedValidity, CancellationToken)"/>.</exception>
    public Task RotateAsync(string name, Secret value, TimeSpan grace, SealedValidity validity, CancellationToken cancellationToken)
    {
        EnsureValue(name, value, validity);
        if (grace < TimeSpan.Zero || grace > TimeSpan.FromDays(3650)) throw new ArgumentOutOfRangeException(nameof(grace), grace, "The grace is between nothing and ten years.");
        return ChangeAsync(opened => SealedEdits.Rotate(opened, name, value, grace, validity, _time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Adds a version that <see cref="RestoreAsync"/> can take back.</summary>
    internal Task RenewAsync(string name, long before, Secret value, TimeSpan grace, SealedValidity validity, CancellationToken cancellationToken)
    {
        EnsureValue(name, value, validity);
        return ChangeAsync(opened => SealedRenewal.Renew(opened, name, before, value, grace, validity, _time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Takes back what <see cref="RenewAsync"/> did.</summary>
    internal Task RestoreAsync(string name, long before, SealedValidity validity, CancellationToken cancellationToken) =>
        ChangeAsync(opened => SealedRenewal.Restore(opened, name, before, validity), cancellationToken);

    /// <summary>A version's value whether or not its time is over; <see langword="null"/> when the file does not have it.</summary>
    internal Secret? Peek(string name, long version)
    {
        using var opened = Open();
        return SealedEdits.Versions(opened.File, name).Find(entry => entry.Version == version) is { } entry ? opened.Reveal(entry) : null;
    }

    /// <summary>Takes a secret out, all its versions.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is none, or the file does not open.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ChangeAsync(opened => SealedEdits.Remove(opened, name), cancellationToken);
    }

    /// <summary>Replaces the data key and begins a new epoch; hosts that have seen it refuse older files.</summary>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <returns>The names of proposals that could not be carried over and have to be proposed again.</returns>
    /// <exception cref="DeploymentException">The file does not open.</exception>
    public Task<IReadOnlyList<string>> RekeyAsync(CancellationToken cancellationToken) => RekeyAsync(static file => file.Recipients, cancellationToken);

    /// <summary>Lets somebody else open the file.</summary>
    /// <param name="name">The recipient's name.</param>
    /// <param name="publicKey">What <see cref="SealedKey.PublicKey"/> gives them.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">The name or key is there already or is none, or the file does not open.</exception>
    public Task AddRecipientAsync(string name, string publicKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return AddRecipientAsync(new Recipient(name, RecipientKind.P256, SealedKey.ParsePublic(publicKey, $"The key of '{name}'")), cancellationToken);
    }

    /// <summary>Lets the holder of a key open the file; the way for passphrases and keys of 256 bits.</summary>
    /// <param name="name">The recipient's name.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">The name or key is there already, or the file does not open.</exception>
    public Task AddRecipientAsync(string name, SealedKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return AddRecipientAsync(key.ToRecipient(name), cancellationToken);
    }

    /// <summary>Takes a recipient out and replaces the data key. What the recipient could read stays known to them.</summary>
    /// <param name="name">The recipient.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <returns>The names of the secrets whose values the recipient could read: each has to be changed at its source.</returns>
    /// <exception cref="DeploymentException">There is no such recipient, it is the last one, or the file does not open.</exception>
    public async Task<IReadOnlyList<string>> RemoveRecipientAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        List<string> exposed = [];
        await RekeyAsync(file =>
        {
            if (file.Recipients.All(recipient => recipient.Name != name))
                throw DeploymentException.Refused(Codes.RecipientInvalid, $"There is no recipient '{name}' to remove.{Suggestion.Sentence(name, file.Recipients.Select(static recipient => recipient.Name))} 'deploy secrets recipients list' shows those that there are.");
            if (file.Recipients.Count == 1) throw DeploymentException.Refused(Codes.RecipientInvalid, $"Recipient '{name}' is the last one: without it nobody could open the file. Add another first.");

            exposed.AddRange(SealedEdits.Names(file));
            return [.. file.Recipients.Where(recipient => recipient.Name != name)];
        }, cancellationToken).ConfigureAwait(false);
        return exposed;
    }

    /// <summary>Hands a value in without being able to open the file: it is sealed for the recipients, and counts once one of them accepts it.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="value">Its value.</param>
    /// <param name="validity">When it is good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is no file, or name, value or times are none.</exception>
    public Task ProposeAsync(string name, Secret value, SealedValidity validity, CancellationToken cancellationToken)
    {
        EnsureValue(name, value, validity);
        return _store.LockedAsync(async () =>
        {
            var file = _store.Read();
            OpenedFile.EnsureEnvironment(file, Path, Environment);
            await _store.WriteAsync(SealedProposals.Add(file, name, value, validity), cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken);
    }

    /// <summary>Makes a proposal the secret's new version.</summary>
    /// <param name="nameOrId">The secret's name, or the proposal's id where there are several.</param>
    /// <param name="grace">For how long the version before it stays readable.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is none or more than one, it is stale or was changed, or the file does not open.</exception>
    public Task AcceptAsync(string nameOrId, TimeSpan grace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(nameOrId);
        return ChangeAsync(opened =>
        {
            var proposal = SealedProposals.Choose(opened.File, nameOrId);
            var value = SealedProposals.Open(opened, proposal, Path);
            var validity = new SealedValidity(proposal.Entry.NotBefore, proposal.Entry.Expires);
            return proposal.Entry.Version == 1
                ? SealedEdits.Set(opened, proposal.Entry.Name, value, validity)
                : SealedEdits.Rotate(opened, proposal.Entry.Name, value, grace, validity, _time.GetUtcNow());
        }, cancellationToken);
    }

    /// <exception cref="DeploymentException">It does not open, something was changed, or it is older than the memory's.</exception>
    internal OpenedFile Open()
    {
        var opened = OpenUnremembered();
        try
        {
            Memory.Check(opened, Path);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>What is to be remembered of the file; null when there is none, or this process has no key to it.</summary>
    /// <exception cref="DeploymentException">There is one that was tampered with, or is older than the memory's.</exception>
    internal SecretsEpoch? TryEpoch()
    {
        if (!Exists) return null;

        try
        {
            using var opened = Open();
            return EpochMemory.Of(opened);
        }
        catch (DeploymentException refusal) when (refusal.Messages[0].Code == Codes.SecretsKeyMissing)
        {
            return null;
        }
    }

    internal OpenedFile OpenUnremembered() => OpenedFile.Open(_store.Read(), Path, Environment, _keys);

    /// <summary>Refuses what can't be put in before anybody is asked for the value.</summary>
    internal void EnsureMayPut(string name, SealedValidity validity)
    {
        EnsureValue(name, new Secret(""), validity);
        OpenedFile.EnsureEnvironment(_store.Read(), Path, Environment);
    }

    private Task<IReadOnlyList<string>> RekeyAsync(Func<SealedFile, IReadOnlyList<Recipient>> recipients, CancellationToken cancellationToken) => _store.LockedAsync<IReadOnlyList<string>>(async () =>
    {
        using var opened = Open();
        var rekeyed = SealedEdits.Rekey(opened, recipients(opened.File));
        await _store.WriteAsync(rekeyed, cancellationToken).ConfigureAwait(false);
        return [.. opened.File.Proposals.Where(proposal => rekeyed.Proposals.All(kept => kept.Id != proposal.Id)).Select(static proposal => proposal.Entry.Name)];
    }, cancellationToken);

    private Task<bool> AddRecipientAsync(Recipient recipient, CancellationToken cancellationToken)
    {
        EnsureName(recipient.Name, Codes.RecipientInvalid, "Recipient");
        return ChangeAsync(opened => SealedEdits.AddRecipient(opened, recipient), cancellationToken);
    }

    private Task<bool> ChangeAsync(Func<OpenedFile, SealedFile> change, CancellationToken cancellationToken) => _store.LockedAsync(async () =>
    {
        using var opened = Open();
        var changed = SealedEdits.Seal(change(opened), opened.Key);
        await _store.WriteAsync(changed with { Proposals = SealedProposals.Fresh(changed) }, cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    private static void EnsureValue(string name, Secret value, SealedValidity validity)
    {
        ArgumentNullException.ThrowIfNull(value);
        EnsureName(name, Codes.SecretInvalid, "Secret");
        if (!PaddedValue.Fits(value)) throw DeploymentException.Refused(Codes.SecretInvalid, $"The value of secret '{name}' is longer than {SealedFormat.LongestValue} bytes of UTF-8, or no Unicode text. Keep large or binary values elsewhere and seal their key.");
        if (validity is { NotBefore: { } begin, ExpiresAt: { } end } && end <= begin)
            throw DeploymentException.Refused(Codes.SecretInvalid, $"Secret '{name}' would expire at {SealedFormat.Time(end)}, before it begins to be valid at {SealedFormat.Time(begin)}. Swap the two.");
    }

    private static void EnsureName(string name, string code, string subject)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!SealedFormat.IsName(name)) throw DeploymentException.Refused(code, $"{subject} name '{name}' is none: use letters, digits, '.', '-' and '_', beginning with a letter or digit, at most 128 of them.");
    }

    private static SealedSecretInfo Show(SealedEntry entry) => new(
        entry.Name, entry.Version, entry.State switch { EntryState.Current => SealedSecretState.Current, EntryState.Previous => SealedSecretState.Previous, _ => SealedSecretState.Proposed })
    {
        NotBefore = entry.NotBefore,
        ExpiresAt = entry.Expires,
    };
}
