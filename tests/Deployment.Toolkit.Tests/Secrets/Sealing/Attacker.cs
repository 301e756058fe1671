using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

/// <summary>Somebody who sees a sealed file, knows the format by heart, has a key of their own, and none that opens the file.</summary>
internal sealed class Attacker : IDisposable
{
    private readonly SealedKey _key = SealedKey.Generate();

    internal SealedKey Key => _key;

    internal Recipient Recipient => _key.ToRecipient("mallory");

    /// <summary>A whole new file of the same id: a data key of the attacker's, the genuine recipients and the attacker, any lines.</summary>
    internal SealedFile NewFile(SealedFile genuine, long epoch = 1, IReadOnlyList<SealedEntry>? entries = null, string? developmentKey = null)
    {
        using var key = DataKey.Generate();
        var recipients = HeaderEdits.Sorted(genuine.Recipients.Append(Recipient));
        var root = new SealedHeader { Epoch = epoch, Commitment = key.Commitment(genuine.Scope with { Epoch = epoch }), By = "mallory", DevelopmentKey = developmentKey };
        return Sealed(genuine with { Chain = HeaderChain.Begin(genuine.Id, genuine.Environment, root, recipients, Signing) }, recipients, entries ?? genuine.Entries, key);
    }

    /// <summary>The genuine headers with one more behind, which claims to be signed by a recipient.</summary>
    internal SealedFile Continued(SealedFile genuine, string by, bool isNewEpoch)
    {
        using var key = DataKey.Generate();
        var epoch = genuine.Epoch + (isNewEpoch ? 1 : 0);
        var recipients = HeaderEdits.Sorted(genuine.Recipients.Append(Recipient));
        var header = genuine.Header with { Epoch = epoch, Commitment = isNewEpoch ? key.Commitment(genuine.Scope with { Epoch = epoch }) : genuine.Header.Commitment, By = by };
        return Sealed(genuine with { Chain = genuine.Chain.Append(header, recipients, Signing) }, recipients, genuine.Entries, key);
    }

    /// <summary>Sealed anew, under the attacker's data key, after the attacker changed what nothing but the seal covers.</summary>
    internal static SealedFile Sealed(SealedFile draft, IReadOnlyList<Recipient> recipients, IReadOnlyList<SealedEntry> entries, DataKey key) => SealedEdits.Seal(
        draft with { Recipients = [.. recipients.Select(recipient => key.WrapFor(draft.Scope, recipient))], Entries = entries, Proposals = [] }, key);

    /// <summary>An entry under the data key of a file that the attacker made.</summary>
    internal SealedFile With(SealedFile own, string name, string value)
    {
        using var opened = OpenedFile.Open(own, "file", own.Environment, KeyRing.Of(_key));
        return SealedEdits.Seal(SealedEdits.Set(opened, name, new Secret(value), default, default), opened.Key);
    }

    internal string Read(SealedFile file, string name)
    {
        using var opened = OpenedFile.Open(file, "file", file.Environment, KeyRing.Of(_key));
        return opened.Reveal(SealedEdits.Versions(file, name)[^1]).Reveal();
    }

    private SigningKey Signing => _key.Signing!;

    public void Dispose() => _key.Dispose();
}
