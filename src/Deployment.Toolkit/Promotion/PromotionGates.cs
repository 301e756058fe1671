using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Promotion;

/// <summary>A gate to ask. <paramref name="Title"/> is what it is called until it says its name.</summary>
internal sealed record PromotionGateRegistration(string Title, Func<IServiceProvider, PromotionGate> Create, PromotionGateOptions Options)
{
    internal string What => $"Promotion gate {Title}";
}

/// <summary>
/// Asks what must hold before a release may enter an environment, all gates at once and each under an enforced timeout. It knows no kind of
/// them: the engine's own and the app's answer alike, and one that gives no answer keeps the release out.
/// </summary>
internal sealed class PromotionGates(
    IServiceProvider services,
    IReadOnlyList<PromotionGateRegistration> own,
    TimeProvider time,
    ILogger logger,
    Func<string, string> redact
)
{
    private const int MostEvidence = 20;
    private const int LongestEvidence = 500;

    // Gates that ran on past their timeout: they are never started a second time while they do.
    private readonly ConcurrentDictionary<PromotionGateRegistration, (Task Work, DateTimeOffset Since)> _orphans = new();

    /// <summary>Asks every gate; none stops at another's answer.</summary>
    /// <param name="builtIn">The engine's own for the environment.</param>
    /// <param name="context">What wants to enter, and where.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<IReadOnlyList<PlannedGate>> AskAsync(
        IEnumerable<PromotionGateRegistration> builtIn,
        PromotionContext context,
        CancellationToken cancellationToken
    )
    {
        var all = builtIn.Concat(own);
        return await Task.WhenAll(all.Select(gate => AskAsync(gate, context, cancellationToken))).ConfigureAwait(false);
    }

    internal static IReadOnlyList<DeploymentMessage> Refusals(IReadOnlyList<PlannedGate> gates) =>
        [
            .. gates
                .Where(static gate => gate.Outcome != GateOutcome.Passed && gate.Bypassed is null)
                .Select(static gate => new DeploymentMessage(gate.Code, gate.Reason)),
        ];

    private async Task<PlannedGate> AskAsync(PromotionGateRegistration gate, PromotionContext context, CancellationToken cancellationToken)
    {
        if (_orphans.TryGetValue(gate, out var orphan) && !orphan.Work.IsCompleted)
            return Errored(
                gate.Title,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it still runs since {orphan.Since.UtcDateTime:HH:mm:ss} UTC and is not asked again. {Mend(gate)}"
                )
            );

        var name = gate.Title;
        var since = time.GetUtcNow();
        Task<PromotionAnswer>? work = null;
        var (end, error) = await EnforcedTimeout
            .CallAsync(token => work = EvaluateAsync(token), gate.Options.Timeout, time, cancellationToken)
            .ConfigureAwait(false);
        switch (end)
        {
            case CallEnd.Completed when await work!.ConfigureAwait(false) is { } answer:
                return new PlannedGate
                {
                    Name = name,
                    Outcome = answer.Outcome,
                    Reason = redact(answer.Code is null ? Told(answer) : answer.Reason),
                    Code = answer.Code ?? Codes.GateRefused,
                    Evidence = Kept(answer.Evidence),
                };
            case CallEnd.Completed:
                return Errored(name, "it returned nothing. Return PromotionAnswer.Passed(\"why\") or one of its other answers.");
            case CallEnd.TimedOut or CallEnd.Abandoned when !cancellationToken.IsCancellationRequested:
                if (end == CallEnd.Abandoned && work is not null)
                    _orphans[gate] = (work, since);
                var left = end == CallEnd.Abandoned ? ", ran on although it was told to stop, and was left behind" : "";
                return Errored(
                    name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it gave no answer within {gate.Options.Timeout.TotalSeconds:0.###} s{left}. {Mend(gate)}"
                    )
                );
            case CallEnd.Threw when error is DeploymentException refused:
                return new PlannedGate
                {
                    Name = name,
                    Outcome = GateOutcome.Errored,
                    Reason = redact(refused.Messages[0].Text),
                    Code = refused.Messages[0].Code,
                };
            case CallEnd.Threw:
                Log.GateThrew(logger, name, StackText.Of(error!, redact));
                return Errored(
                    name,
                    $"{error!.GetType().Name}: {Sentence.Of(error)} {StackText.Where} Mend what it asks, and run 'deploy check "
                        + $"--environment {context.Environment.Name}'."
                );
            default:
                throw new OperationCanceledException(cancellationToken);
        }

        Task<PromotionAnswer> EvaluateAsync(CancellationToken token) =>
            OwnScope.UseAsync(
                services,
                gate.What,
                gate.Create,
                logger,
                made =>
                {
                    name = made.Name;
                    return made.EvaluateAsync(context, token);
                }
            );

        string Told(PromotionAnswer answer) =>
            answer.Outcome == GateOutcome.Passed
                ? answer.Reason
                : $"Gate '{name}' keeps release {context.Release} out of '{context.Environment.Name}': {answer.Reason}";

        PlannedGate Errored(string called, string why) =>
            new()
            {
                Name = called,
                Outcome = GateOutcome.Errored,
                Reason = redact(
                    $"Gate '{called}' could not be asked whether release {context.Release} may enter '{context.Environment.Name}': {why}"
                ),
                Code = Codes.GateErrored,
            };
    }

    // It is written into the journal as it is, by code of anybody's.
    private Dictionary<string, string>? Kept(IReadOnlyDictionary<string, string> evidence)
    {
        if (evidence.Count == 0)
            return null;

        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in evidence.Take(MostEvidence))
            kept[Cut(redact(name))] = Cut(redact(value));
        return kept;
    }

    private static string Cut(string text) => text.Length <= LongestEvidence ? text : text[..LongestEvidence] + "…";

    private static string Mend(PromotionGateRegistration gate) =>
        $"Mend what it waits for, or give it more time with .AddPromotionGate<{gate.Title}>(o => o.Timeout = TimeSpan.FromMinutes(2)).";
}
