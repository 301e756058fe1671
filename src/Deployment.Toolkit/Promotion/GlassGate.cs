using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Promotion;

/// <summary>Whether approvals may be skipped: whoever wants that has the environment's glass key.</summary>
/// <param name="rules">What the environment declares.</param>
/// <param name="key">The point of the key that is here, in Base64; <see langword="null"/> when none is.</param>
internal sealed class GlassGate(EnvironmentRules rules, string? key) : PromotionGate
{
    internal const string Title = "break-glass";
    internal const string KeyVariable = "DEPLOYMENT_GLASS_KEY";
    internal const string KeyFileVariable = "DEPLOYMENT_GLASS_KEY_FILE";

    public override string Name => Title;

    public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var environment = context.Environment.Name;
        if (rules.GlassKey is not { } declared)
            return Task.FromResult(
                Answer(
                    GateOutcome.Failed,
                    $"'{environment}' has no glass to break. Nothing was begun. Declare the public half of a key in AddEnvironments with .GlassKey(\"p256:…\"), and "
                        + "keep the other where its use is noticed."
                )
            );

        var point = Convert.ToBase64String(SealedKey.ParsePublic(declared, $"The glass key of '{environment}'").Signs);
        return Task.FromResult(
            key == point
                ? Answer(GateOutcome.Passed, "the glass key is here")
                : Answer(
                    GateOutcome.Failed,
                    $"The glass of '{environment}' is broken with its key, and {(key is null ? "none is here" : "the one that is here is another")}. Nothing was "
                        + $"begun. Give it in {KeyVariable}, or name its file (0600) in {KeyFileVariable}."
                )
        );
    }

    private static PromotionAnswer Answer(GateOutcome outcome, string reason) => PromotionAnswer.Of(outcome, reason, Codes.GlassRefused);
}
