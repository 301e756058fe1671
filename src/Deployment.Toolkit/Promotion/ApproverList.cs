using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>Somebody who may approve.</summary>
/// <param name="Added">What the list says of them.</param>
/// <param name="Time">Since when.</param>
internal sealed record ListedApprover(ApproverAdded Added, DateTimeOffset Time)
{
    /// <summary>Whether an account or a claimed name is theirs: what gives a right goes by the very name.</summary>
    internal bool IsCalled(string? name) => PersonNames.Same(Added.Name, name) || Added.Names.Any(other => PersonNames.Same(other, name));

    /// <summary>Whether a name may be theirs.</summary>
    internal bool MayBe(string? name) =>
        PersonNames.MayBeSame(Added.Name, name) || Added.Names.Any(other => PersonNames.MayBeSame(other, name));

    /// <summary>Whether somebody else in the list may be them.</summary>
    internal bool MayBe(ListedApprover other) => Added.Name == other.Added.Name || other.Added.Names.Any(MayBe) || MayBe(other.Added.Name);

    internal bool Has(string role) => Added.Roles.Contains(role, StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// The approvers of an environment. From the first key in it on a change counts only when one of the keys that are in it signed it: who may
/// write the journal alone brings nobody in.
/// </summary>
internal sealed class ApproverList
{
    private readonly List<ListedApprover> _all = [];

    internal IReadOnlyList<ListedApprover> All => _all;

    internal bool HasKeys => _all.Exists(static approver => approver.Added.Key is not null);

    /// <param name="ledger">The environment's journal.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="before">Only as it was before the record of this number.</param>
    internal static ApproverList Of(EnvironmentLedger ledger, string environment, long before = long.MaxValue)
    {
        var list = new ApproverList();
        foreach (var record in ledger.Promotion.Approvers.Where(record => record.Sequence < before))
        {
            if (record.Kind == JournalKinds.ApproverAdded)
            {
                var added = RunLog.Read(record, RecordData.ApproverAdded);
                if (
                    list.MayChange(added.SignedBy, added.Signature, SignedWords.Of(added, environment, record.PreviousHash))
                    && list.Find(added.Name) is null
                )
                    list._all.Add(new ListedApprover(added, record.Time));
            }
            else
            {
                var removed = RunLog.Read(record, RecordData.ApproverRemoved);
                if (list.MayChange(removed.SignedBy, removed.Signature, SignedWords.Of(removed, environment, record.PreviousHash)))
                    list._all.RemoveAll(approver => PersonNames.Same(approver.Added.Name, removed.Name));
            }
        }

        return list;
    }

    internal ListedApprover? Find(string? name) => _all.Find(approver => PersonNames.Same(approver.Added.Name, name));

    internal ListedApprover? OfKey(string? key) => key is null ? null : _all.Find(approver => approver.Added.Key == key);

    /// <summary>Who an account is, or a claimed name where such names count.</summary>
    internal ListedApprover? Called(string account, string? claimed, bool trustsClaims) =>
        _all.Find(approver => approver.IsCalled(account) || (trustsClaims && approver.IsCalled(claimed)));

    /// <summary>
    /// Whose an approval is: what is signed is its key's owner's, whatever account it came from; else whoever the surroundings name.
    /// </summary>
    internal ListedApprover? OwnerOf(ReleaseApproved given, bool trustsClaims) =>
        given.Signature is not null ? Find(given.Approver) : Called(given.Account, given.Claimed, trustsClaims);

    private bool MayChange(string? by, string? signature, byte[] hash) =>
        !HasKeys || SignedWords.Fits(Find(by)?.Added.Key, signature, hash);
}
