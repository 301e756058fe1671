using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Hosting;

/// <summary>Changes an environment's list of approvers.</summary>
internal sealed class Approvers(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    private const int MostWords = 20;

    internal async Task<IReadOnlyList<ApproverInfo>> ListAsync(CancellationToken cancellationToken) =>
        [
            .. ApproverList
                .Of(await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false), environment.Name)
                .All.Select(static approver => new ApproverInfo
                {
                    Name = approver.Added.Name,
                    Roles = approver.Added.Roles,
                    OtherNames = approver.Added.Names,
                    SigningKey = approver.Added.Key,
                    AddedBy = approver.Added.By,
                    Since = approver.Time,
                }),
        ];

    internal Task<DeploymentResult> AddAsync(AddApproverRequest request, CancellationToken cancellationToken)
    {
        foreach (var name in (IReadOnlyList<string>)[request.Name, .. request.Roles, .. request.OtherNames])
        {
            if (OperatorClaim.FaultOf(name) is { } fault)
                throw Refused(
                    $"The approver's name, role or other name '{VisibleText.Line(name)}' {fault}. Nothing was changed. Give plain names."
                );
        }

        if (request.Roles.Count > MostWords || request.OtherNames.Count > MostWords)
            throw Refused($"An approver has up to {MostWords} roles and as many other names. Nothing was changed. Give fewer.");
        var point = request.PublicKey is { } text
            ? Convert.ToBase64String(SealedKey.ParsePublic(text, $"The key of '{request.Name}'").Signs)
            : null;
        return ChangeAsync(
            request,
            "approvers add",
            async (session, list, by, key) =>
            {
                if (list.Find(request.Name) is not null)
                    throw Refused(
                        $"'{environment.Name}' has an approver '{request.Name}' already. Nothing was changed. Remove them first with 'deploy approvers remove "
                            + $"{Quoted(request.Name)} --environment {environment.Name} --reason \"…\"'."
                    );
                if (list.OfKey(point) is { } same)
                    throw Refused(
                        $"The key is that of approver '{same.Added.Name}', and one person counts once. Nothing was changed. Give '{request.Name}' a key of "
                            + "their own."
                    );
                // The first key decides about all that come after it: whoever adds it has to have it.
                if (point is not null && !list.HasKeys && key?.Key != point)
                    throw Refused(
                        $"'{environment.Name}' has no approver with a key yet, and the first one is whoever adds them: the key is not yours. Nothing was "
                            + "changed. Begin with yourself, with what 'deploy secrets key' shows you."
                    );

                var added = new ApproverAdded(request.Name, request.Roles, request.OtherNames, by.Told)
                {
                    Key = point,
                    SignedBy = key?.Name,
                };
                added = added with { Signature = key?.Sign(SignedWords.Of(added, environment.Name, session.Ledger.LastHash)) };
                await session.AppendAsync(null, JournalKinds.ApproverAdded, added, JournalJson.Default.ApproverAdded).ConfigureAwait(false);
                return $"'{request.Name}' may approve for '{environment.Name}' from now on"
                    + $"{(request.Roles.Count == 0 ? "" : $" as {string.Join(", ", request.Roles)}")}.";
            },
            cancellationToken
        );
    }

    internal Task<DeploymentResult> RemoveAsync(RemoveApproverRequest request, CancellationToken cancellationToken) =>
        ChangeAsync(
            request,
            "approvers remove",
            async (session, list, by, key) =>
            {
                if (list.Find(request.Name) is not { } listed)
                    throw Refused(
                        $"'{environment.Name}' has no approver '{VisibleText.Line(request.Name)}'."
                            + $"{Suggestion.Sentence(request.Name, list.All.Select(static approver => approver.Added.Name))} Nothing was changed. See 'deploy "
                            + $"approvers list --environment {environment.Name}'."
                    );
                if (listed.Added.Key is not null && list.All.Count(static approver => approver.Added.Key is not null) == 1)
                    throw Refused(
                        $"'{listed.Added.Name}' is the last approver with a key, and without one whoever may write the journal could add anybody. Nothing was "
                            + "changed. Add another with a key first: 'deploy approvers add NAME --public-key KEY'."
                    );

                var removed = new ApproverRemoved(listed.Added.Name, factory.Redactor.Redact(request.Reason), by.Told)
                {
                    SignedBy = key?.Name,
                };
                removed = removed with { Signature = key?.Sign(SignedWords.Of(removed, environment.Name, session.Ledger.LastHash)) };
                await session
                    .AppendAsync(null, JournalKinds.ApproverRemoved, removed, JournalJson.Default.ApproverRemoved)
                    .ConfigureAwait(false);
                return $"'{listed.Added.Name}' approves nothing for '{environment.Name}' any more, and what they approved counts no more.";
            },
            cancellationToken
        );

    private sealed record ListKey(string Name, string Key, Func<byte[], string> Sign);

    private async Task<DeploymentResult> ChangeAsync(
        DeploymentRequest request,
        string verb,
        Func<JournalSession, ApproverList, Actor, ListKey?, Task<string>> change,
        CancellationToken cancellationToken
    )
    {
        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, factory.Create(null), request, own);
        using var key = factory.FindSigner();
        var by = Actor.Of(launcher.Operator);
        await using var session = await launcher.LockAsync(verb, cancellationToken).ConfigureAwait(false);
        var list = ApproverList.Of(session.Ledger, environment.Name);
        var point = key?.Signing is { } signs ? Convert.ToBase64String(signs.PublicKey) : null;
        if (list.HasKeys && list.OfKey(point) is null)
            throw Refused(
                $"The list of approvers of '{environment.Name}' is changed by those whose keys are in it, and yours ({by.Told}) isn't: they are "
                    + $"{string.Join(", ", list.All.Where(static approver => approver.Added.Key is not null).Select(static approver => approver.Added.Name))}. "
                    + "Nothing was changed. Ask one of them."
            );

        var signer =
            key?.Signing is { } signing && point is not null
                ? new ListKey(list.OfKey(point)?.Added.Name ?? "", point, hash => SignedWords.Sign(signing, hash))
                : null;
        var told = await change(session, list, by, signer is { Name.Length: 0 } ? signer with { Name = by.Account } : signer)
            .ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages = [new DeploymentMessage(Codes.ApproverInvalid, told, MessageSeverity.Information)],
        };
    }

    private static string Quoted(string name) => name.Contains(' ', StringComparison.Ordinal) ? $"\"{name}\"" : name;

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.ApproverInvalid, text);
}
