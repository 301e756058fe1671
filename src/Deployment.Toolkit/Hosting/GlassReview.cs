using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Hosting;

/// <summary>Writes down that the glass was broken, and what somebody else says of it.</summary>
internal sealed class GlassReview(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    internal async Task BreakAsync(JournalSession session, string run, Release release, string reason, JournalHolder holder)
    {
        using var key = factory.FindGlassKey();
        var actor = factory.ActorOf(holder);
        var broken = new GlassBroken(run, release, factory.Redactor.Redact(reason), actor.Account, actor.Told, "")
        {
            Claimed = actor.Claimed,
            Approver = ApproverList.Of(session.Ledger, environment.Name).OfKey(actor.Key)?.Added.Name,
        };
        broken = broken with
        {
            Signature = key?.Signing is { } signing
                ? SignedWords.Sign(signing, SignedWords.Of(broken, environment.Name, session.Ledger.LastHash))
                : throw Refused($"The glass key of '{environment.Name}' is gone. Nothing was begun. Give it in {GlassGate.KeyVariable}."),
        };
        await session.AppendAsync(null, JournalKinds.GlassBroken, broken, JournalJson.Default.GlassBroken).ConfigureAwait(false);
    }

    internal async Task<DeploymentResult> ReviewAsync(ReviewRequest request, CancellationToken cancellationToken)
    {
        var isSigned = factory.Model.Environments.RulesOf(environment).Approvals?.Signed == true;
        await using var steps = factory.OwnSteps();
        var launcher = new RunLauncher(factory, factory.Create(null), request, steps);
        using var key = factory.FindSigner();
        var actor = factory.ActorOf(launcher.Operator);
        await using var session = await launcher.LockAsync("review", cancellationToken).ConfigureAwait(false);
        var open = GlassReviews.Open(session.Ledger, environment.Name, isSigned).ToList();
        if (open.Find(glass => glass.Broken.Run == request.Run) is not { } chosen)
        {
            if (session.Ledger.Promotion.Glass.Any(glass => glass.Broken.Run == request.Run))
                return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };
            throw Refused(
                $"The glass of '{environment.Name}' was not broken for a run '{VisibleText.Line(request.Run)}'."
                    + $"{Suggestion.Sentence(request.Run, open.Select(static glass => glass.Broken.Run))} Nothing was recorded. See 'deploy status --environment "
                    + $"{environment.Name}'."
            );
        }

        var approvers = ApproverList.Of(session.Ledger, environment.Name);
        var listed = approvers.OfKey(actor.Key);
        if (GlassReviews.IsOwn(chosen.Broken, actor.Account, actor.Claimed, listed, approvers))
            throw Refused(
                $"The glass of '{environment.Name}' was broken by {chosen.Broken.By}, who seems to be you ({actor.Told}). Nothing was recorded. Let somebody else "
                    + $"run 'deploy review {chosen.Broken.Run} --environment {environment.Name} --reason \"…\"'."
            );
        if (isSigned && listed is null)
            throw Refused(
                $"'{environment.Name}' wants what people say to be signed by a listed key, and yours ({actor.Told}) isn't. Nothing was recorded. See 'deploy "
                    + $"approvers list --environment {environment.Name}'."
            );

        var review = new GlassReviewed(chosen.Broken.Run, factory.Redactor.Redact(request.Reason), actor.Account, actor.Told)
        {
            Claimed = actor.Claimed,
            Approver = listed?.Added.Name,
        };
        if (key?.Signing is { } signing && listed is not null)
            review = review with
            {
                Signature = SignedWords.Sign(signing, SignedWords.Of(review, environment.Name, session.Ledger.LastHash)),
            };
        await session.AppendAsync(null, JournalKinds.GlassReviewed, review, JournalJson.Default.GlassReviewed).ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.NotReviewed,
                    $"What run {chosen.Broken.Run} did behind the glass of '{environment.Name}' is reviewed by {actor.Told}; releases may enter again.",
                    MessageSeverity.Information
                ),
            ],
        };
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.GlassRefused, text);
}
