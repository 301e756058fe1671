using System.Security.Cryptography;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Preflight;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Hosting;

/// <summary>Takes down what somebody approves or rejects.</summary>
internal sealed class Approving(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    private const int IdBytes = 8;
    private const int LongestNote = 500;

    internal async Task<DeploymentResult> GiveAsync(ApproveRequest request, CancellationToken cancellationToken)
    {
        var declared = factory.Model.Environments.RulesOf(environment);
        if (request.IsHotfix && declared.Hotfix is null)
            throw Refused(
                $"'{environment.Name}' lets no hotfix in. Nothing was recorded. Say in AddEnvironments what a hotfix may skip with .AllowHotfix()."
            );
        var rules =
            (request.IsHotfix ? declared.HotfixApprovals : declared.Approvals)
            ?? throw Refused(
                $"'{environment.Name}' asks for no approvals. Nothing was recorded. Declare that it does in AddEnvironments with "
                    + ".RequireApprovals(1)."
            );
        EnsureWellFormed(request);
        var parts = factory.Create(request.Release);
        await using var steps = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request, steps);
        using var key = rules.Signed ? factory.FindSigner() : null;
        var actor = Actor.Of(launcher.Operator) with { Key = key?.Signing is { } own ? Convert.ToBase64String(own.PublicKey) : null };
        var preflight = new UpPreflight(factory, steps) { Operator = launcher.Operator };
        var journal = await factory.LookAsync(environment, cancellationToken).ConfigureAwait(false);
        if (await HashAsync(preflight, parts, journal, request.IsHotfix, cancellationToken).ConfigureAwait(false) is not { } looked)
            return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };
        if (request.Plan is { } wanted && !looked.StartsWith(wanted, StringComparison.OrdinalIgnoreCase))
            throw Changed(
                $"what is to be done is plan {looked[..ApprovedPlan.Shown]} now, as the gate 'approvals' shows it, and {VisibleText.Line(wanted)} is another "
                    + "(the hash in a plan's last line is of what gates answered, too)"
            );
        await EnsureMayAsync(rules, parts.Release, actor, journal.Ledger, cancellationToken).ConfigureAwait(false);

        await using var session = await launcher.LockAsync("approve", cancellationToken).ConfigureAwait(false);
        var view = new LedgerView(session.Ledger, IsLocked: true);
        if (await HashAsync(preflight, parts, view, request.IsHotfix, cancellationToken).ConfigureAwait(false) is not { } plan)
            return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };
        // The first lock of all makes the key under which values are compared, and the hash is another by it.
        if (journal.Ledger.Count > 0 && plan != looked)
            throw Changed("it changed in this very moment");

        var now = factory.Time.GetUtcNow();
        var approvers = ApproverList.Of(session.Ledger, environment.Name);
        if (
            session.Ledger.Promotion.Approvals.FirstOrDefault(approval =>
                approval.Given.Plan == plan
                && approval.Given.Release == parts.Release
                && approval.Given.Expires > now
                && IsOf(actor, approval.Given, approvers, rules.TrustClaimedNames)
                && (!rules.Signed || IsSignedBy(actor, approval))
            ) is
            { } earlier
        )
            return Done(
                DeploymentOutcome.NothingToDo,
                $"You approved release {parts.Release} for '{environment.Name}' (plan {plan[..ApprovedPlan.Shown]}) at {Moments.Told(earlier.Time)} already, "
                    + $"until {Moments.Told(earlier.Given.Expires)}."
            );

        var approved = new ReleaseApproved(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            parts.Release,
            plan,
            actor.Account,
            actor.Told,
            now + rules.ExpireAfter
        )
        {
            Claimed = actor.Claimed,
            Note = request.Note is { } note ? parts.Redactor.Redact(note) : null,
            Approver = approvers.OfKey(actor.Key)?.Added.Name,
        };
        if (key?.Signing is { } signing)
            approved = approved with
            {
                Signature = SignedWords.Sign(signing, SignedWords.Of(approved, environment.Name, session.Ledger.LastHash)),
            };
        await session.AppendAsync(null, JournalKinds.ReleaseApproved, approved, JournalJson.Default.ReleaseApproved).ConfigureAwait(false);
        return Done(
            DeploymentOutcome.Succeeded,
            $"Release {parts.Release} is approved for '{environment.Name}' by {actor.Told}, as plan {plan[..ApprovedPlan.Shown]} brings it, until "
                + $"{Moments.Told(approved.Expires)}. Take it back with 'deploy reject --environment {environment.Name} --reason \"…\"'."
        );
    }

    internal async Task<DeploymentResult> TakeBackAsync(RejectRequest request, CancellationToken cancellationToken)
    {
        var parts = factory.Create(request.Release);
        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request, own);
        await using var session = await launcher.LockAsync("reject", cancellationToken).ConfigureAwait(false);
        var reason = parts.Redactor.Redact(request.Reason);
        var trustsClaims = factory.Model.Environments.RulesOf(environment).Approvals?.TrustClaimedNames == true;
        var approvers = ApproverList.Of(session.Ledger, environment.Name);
        var ofRelease = session
            .Ledger.Promotion.Approvals.Where(approval => approval.Given.Release.Version == parts.Release.Version)
            .ToList();
        // A key that can't be read must not keep anybody from taking back what needed none.
        var actor = ofRelease.Exists(static approval => approval.Given.Signature is not null)
            ? factory.ActorOf(launcher.Operator)
            : Actor.Of(launcher.Operator);
        List<string> given =
        [
            .. ofRelease
                .Where(approval => IsOf(actor, approval.Given, approvers, trustsClaims))
                .Select(static approval => approval.Given.Id),
        ];
        if (given.Count > 0)
            await session
                .AppendAsync(
                    null,
                    JournalKinds.ApprovalRevoked,
                    new ApprovalRevoked(given, reason, actor.Told),
                    JournalJson.Default.ApprovalRevoked
                )
                .ConfigureAwait(false);
        if (!session.Ledger.Holds.Any(hold => hold.Held.Release == parts.Release))
            await ReleaseHolding
                .AppendAsync(session, parts.Release, $"rejected by {actor.Told}: {reason}", actor.Told)
                .ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.NotApproved,
                    given.Count == 0
                        ? $"Of release {parts.Release} you had approved nothing for '{environment.Name}'."
                        : $"What you approved of release {parts.Release} for '{environment.Name}' is taken back.",
                    MessageSeverity.Information
                ),
                ReleaseHolding.Told(parts.Release, environment),
            ],
        };
    }

    /// <returns>The hash of what would be done; <see langword="null"/> when there is nothing to do.</returns>
    private async Task<string?> HashAsync(
        UpPreflight preflight,
        DeploymentParts parts,
        LedgerView journal,
        bool isHotfix,
        CancellationToken cancellationToken
    )
    {
        var answer = await preflight.AskAsync(parts, journal, hasLock: journal.IsLocked, cancellationToken).ConfigureAwait(false);
        if (answer.Planned is { } planned)
            return ApprovedPlan.HashOf(planned, isHotfix);
        if (answer.IsNothingToDo)
            return null;

        var gates = PromotionGates.Refusals(answer.Plan?.Gates ?? []);
        List<DeploymentMessage> why = [.. answer.Findings.Errors.Where(error => !gates.Contains(error))];
        if (why.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, why);
        throw Refused(
            $"There is no plan of release {parts.Release} for '{environment.Name}' that could be approved: a run is not finished there. Nothing was "
                + $"recorded. Look at 'deploy status --environment {environment.Name}'."
        );
    }

    private async Task EnsureMayAsync(
        ApprovalRules rules,
        Release release,
        Actor actor,
        EnvironmentLedger ledger,
        CancellationToken cancellationToken
    )
    {
        var approvers = ApproverList.Of(ledger, environment.Name);
        var listed = rules.Signed ? approvers.OfKey(actor.Key) : approvers.Called(actor.Account, actor.Claimed, rules.TrustClaimedNames);
        if (rules.Signed && actor.Key is null)
            throw Refused(
                $"'{environment.Name}' wants approvals to be signed, and you ({actor.Told}) have no key here. Nothing was recorded. Make one with 'deploy "
                    + "secrets key', and have somebody add you with what it prints: 'deploy approvers add NAME --public-key KEY'."
            );
        if (rules.Signed && listed is null)
            throw Refused(
                $"'{environment.Name}' doesn't know your key ({actor.Told}): its approvers are {Names(approvers)}. Nothing was recorded. Have one of them run "
                    + "'deploy approvers add NAME --public-key KEY' with what 'deploy secrets key' shows you."
            );
        if (rules.Role is { } role && listed?.Has(role) != true)
            throw Refused(
                $"'{environment.Name}' wants approvals by people with the role '{role}', and you ({actor.Told}) "
                    + $"{(listed is null ? "are not in its list" : $"are in its list as {listed.Added.Name} without it")}. With it are "
                    + $"{Names(approvers, role)}. Nothing was recorded. Have one of them approve, or see 'deploy approvers list --environment "
                    + $"{environment.Name}'."
            );
        if (rules.AuthorMayApprove)
            return;

        var authors = await factory.Authors.OfAsync(release, cancellationToken).ConfigureAwait(false);
        if (
            authors.FirstOrDefault(author =>
                (!rules.Signed && PersonNames.MayBeSame(author, actor.Account))
                || PersonNames.MayBeSame(author, actor.Claimed)
                || listed?.MayBe(author) == true
            ) is
            { } own
        )
            throw Refused(
                $"Release {release} was written by {VisibleText.Line(own)}, who seems to be you ({actor.Told}), and '{environment.Name}' takes no "
                    + $"author's approval of their own commit. Nothing was recorded. Let somebody else run 'deploy approve --environment "
                    + $"{environment.Name}'."
            );
    }

    private static string Names(ApproverList approvers, string? role = null) =>
        approvers.All.Where(approver => role is null || approver.Has(role)).Select(static approver => approver.Added.Name).ToList()
            is { Count: > 0 } names
            ? string.Join(", ", names)
            : "nobody";

    // As the gate tells people apart: by keys where there are any, else by the list, and by accounts alone where neither knows them.
    private static bool IsOf(Actor actor, ReleaseApproved given, ApproverList approvers, bool trustsClaims)
    {
        var (signer, owner) = (approvers.OfKey(actor.Key), approvers.OwnerOf(given, trustsClaims));
        if (signer is not null || given.Signature is not null)
            return signer is not null && signer == owner;
        return (approvers.Called(actor.Account, actor.Claimed, trustsClaims), owner) is ({ } own, { } theirs)
            ? own == theirs
            : PersonNames.Same(actor.Account, given.Account)
                && (actor.Claimed is null || given.Claimed is null || PersonNames.Same(actor.Claimed, given.Claimed));
    }

    private bool IsSignedBy(Actor actor, Approval approval) =>
        SignedWords.Fits(
            actor.Key,
            approval.Given.Signature,
            SignedWords.Of(approval.Given, environment.Name, approval.Record.PreviousHash)
        );

    private void EnsureWellFormed(ApproveRequest request)
    {
        if (request.Plan is { } plan && (plan.Length is < ApprovedPlan.Shown or > 64 || !plan.All(char.IsAsciiHexDigit)))
            throw Refused(
                $"'{VisibleText.Line(plan)}' names no plan: give {ApprovedPlan.Shown} hexadecimal characters at least, as 'deploy plan --environment "
                    + $"{environment.Name}' shows them at the gate 'approvals'. Nothing was recorded."
            );
        if (request.Note is { Length: > LongestNote })
            throw Refused(
                $"The note has {request.Note.Length} characters, and {LongestNote} are kept. Nothing was recorded. Say less, or where more stands."
            );
    }

    private DeploymentResult Done(DeploymentOutcome outcome, string text) =>
        new()
        {
            Outcome = outcome,
            Environment = environment.Name,
            Messages = [new DeploymentMessage(Codes.NotApproved, text, MessageSeverity.Information)],
        };

    private DeploymentException Changed(string how) =>
        Refused(
            $"Nothing was approved for '{environment.Name}', because {how}. Look again with 'deploy plan --environment {environment.Name}'."
        );

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.ApprovalRefused, text);
}
