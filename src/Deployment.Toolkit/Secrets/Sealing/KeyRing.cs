using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The places where a private key may be, in the order in which they are tried.</summary>
internal sealed class KeyRing
{
    internal const string KeyVariable = "DEPLOYMENT_SECRETS_KEY";
    internal const string KeyFileVariable = "DEPLOYMENT_SECRETS_KEY_FILE";
    internal const string PassphraseVariable = "DEPLOYMENT_SECRETS_PASSPHRASE";
    internal const string KeyFilePattern = "*.key";

    private readonly SealedKey? _given;
    private readonly Dictionary<string, string> _variables;
    private readonly string? _userFolder;
    private readonly bool _takesPublished;

    private KeyRing(SealedKey? given, Dictionary<string, string> variables, string? userFolder, bool takesPublished) =>
        (_given, _variables, _userFolder, _takesPublished) = (given, variables, userFolder, takesPublished);

    /// <summary>The keys of this process's variables and user.</summary>
    /// <param name="takesPublished">Whether a development key in the repository counts: never where the environment is protected.</param>
    internal static KeyRing OfProcess(bool takesPublished = true) =>
        new(null, ProcessEnvironment.Pick([KeyVariable, KeyFileVariable, PassphraseVariable]), UserFolder(), takesPublished);

    /// <summary>One key and no other.</summary>
    internal static KeyRing Of(SealedKey key) => new(key, [], null, takesPublished: false);

    internal static KeyRing Of(Dictionary<string, string> variables, string? userFolder) =>
        new(null, variables, userFolder, takesPublished: true);

    /// <summary>
    /// <c>~/.config/deployment-toolkit/keys</c>, or what takes its place on other systems; null where the user has no such folder.
    /// </summary>
    internal static string? UserFolder() =>
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify)
            is { Length: > 0 } folder
            ? Path.Combine(folder, "deployment-toolkit", "keys")
            : null;

    /// <summary>The first key that is a recipient's, with that recipient. The caller disposes the key.</summary>
    /// <exception cref="DeploymentException">None is; or one that was named can't be read, or is open to others.</exception>
    internal (Recipient Recipient, P256PrivateKey Key) Find(SealedFile file, string path, CancellationToken cancellationToken = default)
    {
        var tried = new List<string>();
        foreach (var (place, load) in Places(file, path))
        {
            using var key = load();
            tried.Add(place);
            foreach (var recipient in file.Recipients)
            {
                if (key.Value.For(recipient, cancellationToken) is { } found)
                    return (recipient, found);
            }
        }

        var recipients = string.Join(
            ", ",
            file.Recipients.Select(static recipient => $"{recipient.Name} ({SealedFileWriter.Word(recipient.Kind)})")
        );
        throw DeploymentException.Refused(
            Codes.SecretsKeyMissing,
            tried.Count == 0
                ? $"Sealed file '{path}' can be opened by {recipients}, and no key was found. Give one in {KeyVariable}, "
                    + $"{KeyFileVariable} or {PassphraseVariable}, or make your own with 'deploy secrets key' and have it added."
                : $"Sealed file '{path}' can be opened by {recipients}, and none of the keys found is theirs: "
                    + $"{string.Join(", ", tried)}. Give another in {KeyVariable}, or have yours added with 'deploy secrets recipients "
                    + $"add NAME --public-key KEY'."
        );
    }

    /// <summary>
    /// The key by which this user is known, to sign a proposal with; null when there is none, or words alone. The caller disposes it.
    /// </summary>
    internal SealedKey? FindSigner() => FindOwn()?.Key;

    /// <summary>The same key with where it lies, which is made in the user's folder when there is none. The caller disposes it.</summary>
    internal async Task<FiledKey> GetOrMakeSignerAsync(CancellationToken cancellationToken) =>
        FindOwn() ?? await UserKey.GetOrMakeAsync(_userFolder, cancellationToken).ConfigureAwait(false);

    private FiledKey? FindOwn()
    {
        if (_given is { Signing: not null } given)
            return new FiledKey(SealedKey.Parse(given.Export()), "the app's registration", IsNew: false);
        if (Variable(KeyVariable) is { } text)
            return new FiledKey(
                SealedKey.Parse(new Secret(KeyTexts.Split(text)[0]), $"Variable {KeyVariable}"),
                $"variable {KeyVariable}",
                IsNew: false
            );
        if (Variable(KeyFileVariable) is { } named)
            return new FiledKey(KeyFile.Read(named), $"{named}, which {KeyFileVariable} names", IsNew: false);
        return
            _userFolder is { } folder
            && Directory.Exists(folder)
            && Directory.EnumerateFiles(folder, KeyFilePattern).Order(StringComparer.Ordinal).FirstOrDefault() is { } own
            ? new FiledKey(KeyFile.Read(own), own, IsNew: false)
            : null;
    }

    // Loaded one after the other: a key that fits makes what comes behind it unnecessary, and stretching words takes its time.
    private IEnumerable<(string Place, Func<Held> Load)> Places(SealedFile file, string path)
    {
        if (_given is { } only)
            yield return ("the key that was given", () => new Held(only, false));
        var given = Variable(KeyVariable) is { } text ? KeyTexts.Split(text) : [];
        for (var i = 0; i < given.Count; i++)
        {
            var (number, one) = (given.Count == 1 ? "" : $" ({i + 1} of {given.Count})", given[i]);
            yield return (KeyVariable + number, () => new Held(SealedKey.Parse(new Secret(one), $"Variable {KeyVariable}{number}"), true));
        }

        if (Variable(KeyFileVariable) is { } named)
            yield return ($"{KeyFileVariable} ({named})", () => new Held(KeyFile.Read(named), true));
        if (_userFolder is { } folder && Directory.Exists(folder))
        {
            foreach (var own in Directory.EnumerateFiles(folder, KeyFilePattern).Order(StringComparer.Ordinal))
                yield return (own, () => new Held(KeyFile.Read(own), true));
        }

        if (
            _takesPublished
            && file.Header.DevelopmentKey is { } name
            && Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name) is var published
            && File.Exists(published)
        )
            yield return (published, () => new Held(KeyFile.Read(published, isPublished: true), true));
        if (Variable(PassphraseVariable) is { } words)
            yield return (PassphraseVariable, () => new Held(SealedKey.FromPassphrase(new Secret(words)), true));
    }

    private string? Variable(string name) => _variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private readonly record struct Held(SealedKey Value, bool IsOwn) : IDisposable
    {
        public void Dispose()
        {
            if (IsOwn)
                Value.Dispose();
        }
    }
}
