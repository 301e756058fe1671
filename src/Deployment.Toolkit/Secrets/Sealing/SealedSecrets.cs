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
public sealed partial class SealedSecrets
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
    /// <remarks>
    /// Whatever writes wants to know that the file is the one that it should be: by <see cref="Root"/>, by having made it, or, where no key
    /// is given, by what the user's own folder remembers.
    /// </remarks>
    public SealedSecrets(string path, string environment, SealedKey? key = null, TimeProvider? time = null)
        : this(path, environment, key is null ? KeyRing.OfProcess() : KeyRing.Of(key), time ?? TimeProvider.System)
    {
        if (key is null)
            Trust = new RootTrust { User = UserRoots.OfProcess() };
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

    /// <summary>
    /// Whether anything in the file can expire, by a look at its bytes: to read it as it is meant, its signatures are checked.
    /// </summary>
    internal bool MayExpire => _store.Bytes().AsSpan().IndexOf("expires"u8) >= 0;

    /// <summary>
    /// The fingerprint that the file has to lead back to, as <c>deploy secrets init</c> and <see cref="GetRoot"/> show it. With
    /// <see langword="null"/> nothing is pinned.
    /// </summary>
    /// <exception cref="DeploymentException">It is no fingerprint.</exception>
    public string? Root
    {
        get => Trust.Pins is [var pin, ..] ? pin.ToString() : null;
        init => Trust = Trust with { Pins = value is null ? [] : [ParseRoot(value)] };
    }

    internal RootTrust Trust { get; set; } = new();

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
    public Task InitializeAsync(
        string recipient,
        SealedKey key,
        SealedFileSettings? settings,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        SealedChecks.EnsureName(recipient, Codes.RecipientInvalid, "Recipient");
        SealedChecks.EnsureName(Environment, Codes.SealedFileForeign, "Environment");
        if (settings?.DevelopmentKey is { } published)
            SealedChecks.EnsureName(published, Codes.SecretsKeyUnsafe, "Development key file");
        return _store.LockedAsync(
            async () =>
            {
                if (Exists)
                    throw DeploymentException.Refused(
                        Codes.SealedFileInvalid,
                        $"Sealed file '{Path}' is there already and is not replaced. Add to it with 'deploy secrets set NAME', or "
                            + $"change its recipients with 'deploy secrets recipients add NAME --public-key KEY'."
                    );

                var first = key.ToRecipient(recipient, cancellationToken);
                using var privateKey = key.For(first, cancellationToken)!;
                var made = HeaderEdits.New(
                    RandomNumberGenerator.GetHexString(2 * SealedFormat.FileIdSize, lowercase: true),
                    Environment,
                    settings,
                    first,
                    privateKey
                );
                await _store.WriteAsync(made, cancellationToken).ConfigureAwait(false);
                Trust = Trust with { Named = RootFingerprint.Of(made, made.Chain.Root) };
                await RememberAsync(made).ConfigureAwait(false);
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>The fingerprint of the root of the file that lies there, whoever made it: <c>dtk1:…</c>.</summary>
    /// <exception cref="DeploymentException">There is no file, or it was changed by hand.</exception>
    public string GetRoot() => _store.Read() is var file ? RootFingerprint.Of(file, file.Chain.Root).ToString() : "";

    /// <summary>
    /// The fingerprint of the newest header: pinned in the root's place, it rules out what anybody made who was removed before it.
    /// </summary>
    internal string GetHead() => _store.Read() is var file ? RootFingerprint.Of(file, file.Chain.Head).ToString() : "";

    /// <summary>
    /// What the file shows without a key: secrets and proposals, by name and version. Nothing of it is checked against the seal.
    /// </summary>
    /// <exception cref="DeploymentException">There is no file, or it was changed by hand.</exception>
    public IReadOnlyList<SealedSecretInfo> List()
    {
        var file = _store.Read();
        return
        [
            .. file.Entries.Select(SealedChecks.Show),
            .. file
                .Proposals.Where(proposal => SealedProposals.IsFresh(file, proposal))
                .Select(proposal => SealedChecks.Show(file, proposal)),
        ];
    }

    /// <summary>Opens the file and every value in it, and throws when anything was changed.</summary>
    /// <param name="cancellationToken">Cancels, also while a passphrase is stretched.</param>
    /// <returns>The file's epoch.</returns>
    /// <exception cref="DeploymentException">It does not open, or something was changed.</exception>
    public long Verify(CancellationToken cancellationToken = default)
    {
        using var opened = Open(cancellationToken);
        foreach (var entry in opened.File.Entries)
            opened.Reveal(entry);
        return opened.File.Epoch;
    }

    /// <summary>Opens one value.</summary>
    /// <param name="name">The secret; case does not matter.</param>
    /// <param name="version"><see langword="null"/> for the one in force, <c>previous</c> for the one before it while its grace lasts, or a
    /// number.</param>
    /// <param name="cancellationToken">Cancels, also while a passphrase is stretched.</param>
    /// <exception cref="DeploymentException">There is none, it is expired or not valid yet, or the file does not open.</exception>
    public Secret Get(string name, string? version = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var opened = Open(cancellationToken);
        return SealedLookup.Find(SealedEdits.Versions(opened.File, name), version, _time.GetUtcNow()) is { } entry
            ? opened.Reveal(entry)
            : throw DeploymentException.Refused(
                Codes.SecretUnknown,
                $"Sealed file '{Path}' has no secret "
                    + $"'{name}'{(version is null ? "" : $" of version '{version}'")}.{Suggestion.Sentence(name, SealedEdits.Names(opened.File))} 'deploy secrets list' shows those that there are."
            );
    }

    /// <summary>
    /// Puts a value in. Older versions of the name go at once, or when the value begins to be valid; <see cref="RotateAsync"/> leaves them
    /// readable for a while.
    /// </summary>
    /// <param name="name">Letters, digits, '.', '-' and '_'; at most 128.</param>
    /// <param name="value">The value; at most 64 KiB of UTF-8.</param>
    /// <param name="validity">When it is good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">The file does not open, or name, value or times are none.</exception>
    public Task SetAsync(string name, Secret value, SealedValidity validity, CancellationToken cancellationToken = default) =>
        SetAsync([new(name, value)], validity, cancellationToken);

    /// <summary>Puts several values in, in one write.</summary>
    /// <param name="values">The values by name.</param>
    /// <param name="validity">When they are good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">As for one; then none was put in.</exception>
    public Task SetAsync(
        IReadOnlyCollection<KeyValuePair<string, Secret>> values,
        SealedValidity validity,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values)
            SealedChecks.EnsureValue(name, value, validity, _time.GetUtcNow());
        return ChangeAsync(
            opened =>
                values.Aggregate(
                    opened.File,
                    (file, pair) => SealedEdits.Set(opened.With(file), pair.Key, pair.Value, validity, _time.GetUtcNow())
                ),
            cancellationToken
        );
    }

    /// <summary>Adds a version. The one before it stays readable as <c>previous</c> until its grace ends.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="grace">For how long the old one stays readable, from now or from when the new one begins to be good.</param>
    /// <param name="validity">When the new one is good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is no such secret, or as for
    /// <see cref="SetAsync(string, Secret, SealedValidity, CancellationToken)"/>.</exception>
    public Task RotateAsync(
        string name,
        Secret value,
        TimeSpan grace,
        SealedValidity validity,
        CancellationToken cancellationToken = default
    )
    {
        SealedChecks.EnsureValue(name, value, validity, _time.GetUtcNow());
        if (grace < TimeSpan.Zero || grace > TimeSpan.FromDays(3650))
            throw new ArgumentOutOfRangeException(nameof(grace), grace, "The grace is between nothing and ten years.");
        return ChangeAsync(opened => SealedEdits.Rotate(opened, name, value, grace, validity, _time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Takes a secret out, all its versions.</summary>
    /// <param name="name">The secret.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is none, or the file does not open.</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ChangeAsync(opened => SealedEdits.Remove(opened, name), cancellationToken);
    }

    /// <exception cref="DeploymentException">It does not open, something was changed, or it is another one than is known here.</exception>
    internal OpenedFile Open(CancellationToken cancellationToken = default)
    {
        var file = _store.Read();
        OpenedFile.EnsureEnvironment(file, Path, Environment);
        Trust.IsKnown(file, Path);
        return OpenedFile.Open(file, Path, Environment, _keys, cancellationToken);
    }

    /// <summary>What is to be remembered of the file; null when there is none, or this process has no key to it.</summary>
    /// <exception cref="DeploymentException">There is one that was tampered with, or is older than the memory's.</exception>
    internal SecretsEpoch? TryEpoch(CancellationToken cancellationToken = default)
    {
        if (!Exists)
            return null;

        try
        {
            using var opened = Open(cancellationToken);
            return EpochMemory.Of(opened.File);
        }
        catch (DeploymentException refusal) when (refusal.Messages[0].Code == Codes.SecretsKeyMissing)
        {
            return null;
        }
    }

    /// <summary>Opened whatever the journal and the user's folder remember, on a person's word; a pin in the code still holds.</summary>
    internal OpenedFile OpenUnremembered(CancellationToken cancellationToken = default)
    {
        var file = _store.Read();
        new RootTrust { Pins = Trust.Pins, Named = Trust.Named }.IsKnown(file, Path);
        return OpenedFile.Open(file, Path, Environment, _keys, cancellationToken);
    }

    /// <summary>The same file, on the word of a person who named its root.</summary>
    /// <exception cref="DeploymentException">The text is no fingerprint.</exception>
    internal SealedSecrets Trusting(string? root)
    {
        if (root is not null)
            Trust = Trust with { Named = ParseRoot(root) };
        return this;
    }

    /// <summary>What is to be said of a file before anything of it is believed.</summary>
    internal IReadOnlyList<DeploymentMessage> Warnings()
    {
        if (!Exists)
            return [];

        var file = _store.Read();
        List<DeploymentMessage> warnings =
        [
            .. file.Ignored.Select(ignored => new DeploymentMessage(
                Codes.ProposalIgnored,
                $"Sealed file '{Path}': of its proposals, {ignored}. Nothing else is touched by it, and the next change of the file "
                    + $"takes it out.",
                MessageSeverity.Warning
            )),
        ];
        if (!Trust.IsKnown(file, Path))
            warnings.Add(RootTrust.Warn(file, Path));
        return warnings;
    }

    /// <summary>Verifies, and has the user's own folder remember a file that is known to be the right one.</summary>
    internal async Task<long> VerifyAndRememberAsync(CancellationToken cancellationToken)
    {
        using var opened = Open(cancellationToken);
        foreach (var entry in opened.File.Entries)
            opened.Reveal(entry);
        if (Trust.IsKnown(opened.File, Path))
            await RememberAsync(opened.File).ConfigureAwait(false);
        return opened.File.Epoch;
    }

    /// <summary>Has the user's own folder remember the file as it is.</summary>
    internal async Task RememberAsync(SealedFile file)
    {
        if (Trust.User is { } user)
            await user.TryRememberAsync(file, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Refuses what can't be put in before anybody is asked for the value.</summary>
    internal void EnsureMayPut(string name, SealedValidity validity)
    {
        SealedChecks.EnsureValue(name, new Secret(""), validity, _time.GetUtcNow());
        EnsureMayChange();
    }

    /// <summary>Refuses a file that is not known to be the right one, before anything is asked or made for it.</summary>
    internal void EnsureMayChange()
    {
        var file = _store.Read();
        OpenedFile.EnsureEnvironment(file, Path, Environment);
        Trust.EnsureKnown(file, Path);
        _store.EnsureWritable();
    }

    private Task<bool> ChangeAsync(Func<OpenedFile, SealedFile> change, CancellationToken cancellationToken) =>
        _store.LockedAsync(
            async () =>
            {
                using var opened = Open(cancellationToken);
                Trust.EnsureKnown(opened.File, Path);
                var changed = SealedEdits.Seal(change(opened), opened.Key);
                await _store
                    .WriteAsync(changed with { Proposals = SealedProposals.Fresh(changed) }, cancellationToken)
                    .ConfigureAwait(false);
                await RememberAsync(changed).ConfigureAwait(false);
                return true;
            },
            cancellationToken
        );

    private static RootFingerprint ParseRoot(string text) =>
        RootFingerprint.TryParse(text)
        ?? throw DeploymentException.Refused(
            Codes.RootForeign,
            "What was given for the root of a sealed file is no fingerprint. One begins with 'dtk1:', then the environment, then 43 "
                + "characters; 'deploy secrets verify' shows the file's."
        );
}
