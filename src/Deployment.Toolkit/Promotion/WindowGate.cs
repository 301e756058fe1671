using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only while the environment's window is open.</summary>
internal sealed class WindowGate(DeploymentWindow window, TimeProvider time) : PromotionGate
{
    public override string Name => "window";

    public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (window.WhyClosed(now) is not { } reason)
            return Task.FromResult(
                PromotionAnswer.Of(
                    GateOutcome.Passed,
                    window.Open.Count == 0 ? "not frozen" : $"open {string.Join(", ", window.Open)} ({window.Zone.Id})",
                    Codes.OutsideWindow
                )
            );

        var opens = window.NextOpening(now) is { } next
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"It opens {TimeZoneInfo.ConvertTime(next, window.Zone):ddd yyyy-MM-dd HH:mm} ({window.Zone.Id})."
            )
            : "It does not open within a year.";
        return Task.FromResult(
            PromotionAnswer.Of(
                GateOutcome.Failed,
                $"The window of '{context.Environment.Name}' is closed for release {context.Release}: {reason}. {opens}",
                Codes.OutsideWindow
            )
        );
    }
}
