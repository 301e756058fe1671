using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Secrets;

/// <content>Who can open the file.</content>
public sealed partial class SealedSecrets
{
    /// <summary>Who can open the file, by name.</summary>
    /// <exception cref="DeploymentException">There is no file, or it was changed by hand.</exception>
    public IReadOnlyList<SealedRecipientInfo> ListRecipients() =>
        [
            .. _store
                .Read()
                .Recipients.Select(static recipient => new SealedRecipientInfo
                {
                    Name = recipient.Name,
                    Kind = SealedFileWriter.Word(recipient.Kind),
                    PublicKey = SealedKey.Show(recipient.PublicKey, recipient.SigningKey),
                }),
        ];

    /// <summary>Replaces the data key and begins a new epoch; hosts that have seen it refuse older files.</summary>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <returns>The names of proposals that could not be carried over and have to be proposed again.</returns>
    /// <exception cref="DeploymentException">The file does not open.</exception>
    public Task<IReadOnlyList<string>> RekeyAsync(CancellationToken cancellationToken = default) =>
        RekeyAsync(static file => file.Recipients, cancellationToken);

    /// <summary>Lets somebody else open the file.</summary>
    /// <param name="name">The recipient's name.</param>
    /// <param name="publicKey">What <see cref="SealedKey.PublicKey"/> gives them.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">The name or key is there already or is none, or the file does not open.</exception>
    public Task AddRecipientAsync(string name, string publicKey, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        var (opens, signs) = SealedKey.ParsePublic(publicKey, $"The key of '{name}'");
        return AddRecipientAsync(new Recipient(name, RecipientKind.P256, opens, signs), cancellationToken);
    }

    /// <summary>Lets the holder of a key open the file; the way for passphrases and keys of 256 bits.</summary>
    /// <param name="name">The recipient's name.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">The name or key is there already, or the file does not open.</exception>
    public Task AddRecipientAsync(string name, SealedKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return AddRecipientAsync(key.ToRecipient(name, cancellationToken), cancellationToken);
    }

    /// <summary>Takes a recipient out and replaces the data key. What the recipient could read stays known to them.</summary>
    /// <param name="name">The recipient.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <returns>The names of the secrets whose values the recipient could read: each has to be changed at its source.</returns>
    /// <exception cref="DeploymentException">There is no such recipient, it is the last one, or the file does not open.</exception>
    public async Task<IReadOnlyList<string>> RemoveRecipientAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        List<string> exposed = [];
        await RekeyAsync(
                file =>
                {
                    if (file.Recipients.All(recipient => recipient.Name != name))
                        throw DeploymentException.Refused(
                            Codes.RecipientInvalid,
                            $"There is no recipient '{name}' to "
                                + $"remove.{Suggestion.Sentence(name, file.Recipients.Select(static recipient => recipient.Name))} "
                                + $"'deploy secrets recipients list' shows those that there are."
                        );
                    if (file.Recipients.Count == 1)
                        throw DeploymentException.Refused(
                            Codes.RecipientInvalid,
                            $"Recipient '{name}' is the last one: without it nobody could open the file. Add another first."
                        );

                    exposed.AddRange(SealedEdits.Names(file));
                    return [.. file.Recipients.Where(recipient => recipient.Name != name)];
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return exposed;
    }

    private Task<IReadOnlyList<string>> RekeyAsync(
        Func<SealedFile, IReadOnlyList<Recipient>> recipients,
        CancellationToken cancellationToken
    ) =>
        _store.LockedAsync<IReadOnlyList<string>>(
            async () =>
            {
                using var opened = Open(cancellationToken);
                Trust.EnsureKnown(opened.File, Path);
                var rekeyed = HeaderEdits.Rekey(opened, opened.File.Header, recipients(opened.File));
                await _store.WriteAsync(rekeyed, cancellationToken).ConfigureAwait(false);
                await RememberAsync(rekeyed).ConfigureAwait(false);
                return
                [
                    .. opened
                        .File.Proposals.Where(proposal => rekeyed.Proposals.All(kept => kept.Id != proposal.Id))
                        .Select(static proposal => proposal.Entry.Name),
                ];
            },
            cancellationToken
        );

    private Task<bool> AddRecipientAsync(Recipient recipient, CancellationToken cancellationToken)
    {
        SealedChecks.EnsureName(recipient.Name, Codes.RecipientInvalid, "Recipient");
        return ChangeAsync(opened => HeaderEdits.AddRecipient(opened, recipient), cancellationToken);
    }
}
