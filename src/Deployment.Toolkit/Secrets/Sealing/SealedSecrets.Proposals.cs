using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Secrets;

/// <content>What others hand in, and whose word counts by itself.</content>
public sealed partial class SealedSecrets
{
    /// <summary>Whose signed proposals count without anybody's look at them, by name.</summary>
    /// <exception cref="DeploymentException">There is no file, or it was changed by hand.</exception>
    public IReadOnlyList<SealedRecipientInfo> ListProposers() =>
        [
            .. _store
                .Read()
                .Header.Proposers.Select(static proposer => new SealedRecipientInfo
                {
                    Name = proposer.Name,
                    Kind = "proposer",
                    PublicKey = Convert.ToBase64String(proposer.SigningKey),
                }),
        ];

    /// <summary>
    /// Lets somebody's signed proposals count without anybody's look at them. They can read nothing by it, and decide about every value.
    /// </summary>
    /// <param name="name">The proposer's name.</param>
    /// <param name="publicKey">What <see cref="SealedKey.PublicKey"/> gives them.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">The name is there already or is none, the key is none, or the file does not open.</exception>
    public Task AddProposerAsync(string name, string publicKey, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        SealedChecks.EnsureName(name, Codes.RecipientInvalid, "Proposer");
        var (_, signs) = SealedKey.ParsePublic(publicKey, $"The key of '{name}'");
        return ChangeAsync(opened => HeaderEdits.AddProposer(opened, new Proposer(name, signs)), cancellationToken);
    }

    /// <summary>From here on somebody's proposals count once they are accepted, as everybody's.</summary>
    /// <param name="name">The proposer.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is no such proposer, or the file does not open.</exception>
    public Task RemoveProposerAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ChangeAsync(opened => HeaderEdits.RemoveProposer(opened, name), cancellationToken);
    }

    /// <summary>
    /// Hands a value in without having to be able to open the file: it is sealed for the recipients, signed where this process has a key,
    /// and counts once one of the recipients accepts it.
    /// </summary>
    /// <param name="name">The secret.</param>
    /// <param name="value">Its value.</param>
    /// <param name="validity">When it is good.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <exception cref="DeploymentException">There is no file, nothing says that it is the right one, or name, value or times are
    /// none.</exception>
    public Task ProposeAsync(string name, Secret value, SealedValidity validity, CancellationToken cancellationToken = default)
    {
        SealedChecks.EnsureValue(name, value, validity, _time.GetUtcNow());
        return _store.LockedAsync(
            async () =>
            {
                var file = _store.Read();
                OpenedFile.EnsureEnvironment(file, Path, Environment);
                Trust.EnsureKnown(file, Path);
                using var signer = _keys.FindSigner();
                await _store
                    .WriteAsync(
                        SealedProposals.Add(file, name, value, validity, UserKey.Name, signer?.Signing, _time.GetUtcNow()),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>Makes a proposal the secret's new version.</summary>
    /// <param name="id">The proposal's id: names can be proposed by anybody.</param>
    /// <param name="grace">For how long the version before it stays readable.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <returns>What was accepted.</returns>
    /// <exception cref="DeploymentException">There is none of that id, it is stale or was changed, or the file does not open.</exception>
    public async Task<SealedSecretInfo> AcceptAsync(string id, TimeSpan grace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        SealedSecretInfo? accepted = null;
        await ChangeAsync(
                opened =>
                {
                    var proposal = SealedProposals.Choose(opened.File, id);
                    accepted = SealedChecks.Show(opened.File, proposal);
                    var value = SealedProposals.Open(opened, proposal, Path);
                    var validity = new SealedValidity { NotBefore = proposal.Entry.NotBefore, ExpiresAt = proposal.Entry.Expires };
                    SealedChecks.EnsureValue(proposal.Entry.Name, value, validity, _time.GetUtcNow());
                    var changed =
                        SealedEdits.Versions(opened.File, proposal.Entry.Name).Count == 0
                            ? SealedEdits.Set(opened, proposal.Entry.Name, value, validity, _time.GetUtcNow())
                            : SealedEdits.Rotate(opened, proposal.Entry.Name, value, grace, validity, _time.GetUtcNow());
                    return SealedProposals.Settle(changed, proposal, isAccepted: true);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return accepted!;
    }

    /// <summary>Takes a proposal out for good: put back, it counts no more.</summary>
    /// <param name="id">The proposal's id.</param>
    /// <param name="cancellationToken">Cancels until the file is written.</param>
    /// <returns>What was rejected.</returns>
    /// <exception cref="DeploymentException">There is none of that id, or the file does not open.</exception>
    public async Task<SealedSecretInfo> RejectAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        SealedSecretInfo? rejected = null;
        await ChangeAsync(
                opened =>
                {
                    var proposal = SealedProposals.Choose(opened.File, id);
                    rejected = SealedChecks.Show(opened.File, proposal);
                    return SealedProposals.Settle(opened.File, proposal, isAccepted: false);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return rejected!;
    }
}
