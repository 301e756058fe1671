using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>An approval that counts, and whose it is.</summary>
internal sealed record CountedApproval(Approval Approval, string Person);

/// <summary>Counts the people who approved what is to enter.</summary>
/// <param name="rules">Which approvals count.</param>
/// <param name="release">What is to enter.</param>
/// <param name="plan">The hash of what is to be done.</param>
/// <param name="environment">Where it is to enter.</param>
/// <param name="approvers">The environment's list.</param>
/// <param name="promoter">Who promotes it.</param>
/// <param name="authors">All names of the commit's authors.</param>
/// <param name="now">The time.</param>
internal sealed class ApprovalCount(
    ApprovalRules rules,
    Release release,
    string plan,
    string environment,
    ApproverList approvers,
    Actor promoter,
    IReadOnlyList<string> authors,
    DateTimeOffset now
)
{
    private readonly List<CountedApproval> _counted = [];
    private readonly List<string> _others = [];

    /// <summary>One a person.</summary>
    internal IReadOnlyList<CountedApproval> Counted => _counted;

    /// <summary>Why each of the others doesn't count, as a part of a sentence.</summary>
    internal IReadOnlyList<string> Others => _others;

    internal ApprovalCount Add(IEnumerable<Approval> approvals)
    {
        // Another version's were never meant for this one.
        foreach (var approval in approvals.Where(approval => approval.Given.Release.Version == release.Version))
        {
            var listed = approvers.OwnerOf(approval.Given, rules.TrustClaimedNames);
            var person = listed?.Added.Name ?? (rules.TrustClaimedNames ? approval.Given.Claimed : null) ?? approval.Given.Account;
            if (WhyNot(approval, listed, person) is { } why)
                _others.Add($"{VisibleText.Line(person)}'s {why}");
            else
                _counted.Add(new CountedApproval(approval, person));
        }

        return this;
    }

    private string? WhyNot(Approval approval, ListedApprover? listed, string person)
    {
        var given = approval.Given;
        if (given.Release != release)
            return "is for another build of the version";
        if (given.Plan != plan)
            return "is for another plan: something has changed since";
        if (given.Expires <= now)
            return $"has expired at {Moments.Told(given.Expires)}";
        // The clock went back since; nobody can tell by how much it should.
        if (approval.Time > now)
            return $"was given at {Moments.Told(approval.Time)}, which by this clock is yet to come";
        if (WhyNobody(approval, listed) is { } nobody)
            return nobody;
        if (IsPromoters(given, listed))
            return "is by who promotes it";
        if (
            !rules.AuthorMayApprove
            && authors.Any(author =>
                (given.Signature is null && PersonNames.MayBeSame(given.Account, author))
                || PersonNames.MayBeSame(given.Claimed, author)
                || listed?.MayBe(author) == true
            )
        )
            return "is by an author of its commit";
        return _counted.Exists(counted => PersonNames.MayBeSame(counted.Person, person)) ? "counts once, and was counted already" : null;
    }

    private string? WhyNobody(Approval approval, ListedApprover? listed)
    {
        var given = approval.Given;
        if (given.Signature is null && rules.Signed)
            return "is not signed";
        if (given.Signature is not null && listed?.Added.Key is not { })
            return "is signed with a key that the list of approvers doesn't have";
        if (
            given.Signature is not null
            && !SignedWords.Fits(listed!.Added.Key, given.Signature, SignedWords.Of(given, environment, approval.Record.PreviousHash))
        )
            return "has a signature that doesn't fit: it was changed, or given in another place";
        return rules.Role is { } role && listed?.Has(role) != true ? $"is by nobody with the role '{role}'" : null;
    }

    // A claim takes somebody out also where it brings nobody in. Of a shared account somebody who doesn't say who they are may be anybody;
    // who signs says it.
    private bool IsPromoters(ReleaseApproved given, ListedApprover? listed)
    {
        if (given.Signature is not null && approvers.OfKey(promoter.Key) is { } own)
            return listed!.MayBe(own);
        return (
                PersonNames.MayBeSame(given.Account, promoter.Account)
                && (!rules.TrustClaimedNames || promoter.Claimed is null || given.Claimed is null)
            )
            || PersonNames.MayBeSame(given.Claimed, promoter.Claimed)
            || PersonNames.MayBeSame(given.Claimed, promoter.Account)
            || PersonNames.MayBeSame(given.Account, promoter.Claimed)
            || listed?.MayBe(promoter.Account) == true
            || listed?.MayBe(promoter.Claimed) == true;
    }
}
