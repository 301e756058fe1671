using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only when a look at something that is the environment's finds no fault.</summary>
/// <param name="name">What is looked at, as reports call the gate.</param>
/// <param name="subject">The same, as the beginning of a sentence.</param>
/// <param name="find">Looks; <see langword="null"/> when it can't be told.</param>
/// <param name="mend">The command that shows all of it.</param>
internal sealed class FoundFaultsGate(string name, string subject, Func<IReadOnlyList<DeploymentMessage>?> find, string mend)
    : PromotionGate
{
    private const int MostNamed = 3;

    public override string Name => name;

    public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var environment = context.Environment.Name;
        if (find() is not { } faults)
            return Task.FromResult(
                Answer(
                    GateOutcome.Inconclusive,
                    $"{subject} of release {context.Release} for '{environment}' can't be judged, because there is no plan. Mend what the other messages "
                        + "name."
                )
            );
        if (faults.Count == 0)
            return Task.FromResult(Answer(GateOutcome.Passed, "nothing speaks against it"));

        var evidence = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < faults.Count; i++)
            evidence[$"{i + 1} {faults[i].Code}"] = faults[i].Text;
        return Task.FromResult(
            Answer(
                    GateOutcome.Failed,
                    $"{subject} of release {context.Release} has {(faults.Count == 1 ? "1 fault" : $"{faults.Count} faults")} by what '{environment}' asks: "
                        + string.Join(" ", faults.Take(MostNamed).Select(static fault => fault.ToString()))
                        + $"{(faults.Count > MostNamed ? " …" : "")} All are shown by '{mend}'."
                )
                .WithEvidence(evidence)
        );
    }

    private static PromotionAnswer Answer(GateOutcome outcome, string reason) => PromotionAnswer.Of(outcome, reason, Codes.FaultsFound);
}
