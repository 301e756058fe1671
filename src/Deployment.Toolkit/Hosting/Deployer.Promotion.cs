using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Preflight;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit;

/// <content>Releases on their way from one environment to the next.</content>
public sealed partial class Deployer
{
    /// <summary>
    /// Brings the release that is verified in the environment before into this one: <see cref="UpAsync"/> of exactly that release, with all
    /// gates, and on request waits for them.
    /// </summary>
    /// <param name="request">From where, and whether to wait or to plan only.</param>
    /// <param name="cancellationToken">Ends the waiting, or interrupts the run, which can be resumed or aborted.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> PromoteAsync(PromoteRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            async environment =>
            {
                var bypass = Bypass(environment, request);
                var release = await new PromotionSource(_factory, environment).FindAsync(request, cancellationToken).ConfigureAwait(false);
                if (request.DryRun)
                {
                    await using var own = OwnSteps();
                    var preflight = new UpPreflight(_factory, own)
                    {
                        Operator = RunLauncher.OperatorOf(_factory, request),
                        Bypass = bypass,
                    };
                    var (answer, _) = await preflight.LookAsync(environment, release, false, cancellationToken).ConfigureAwait(false);
                    return new DeploymentResult
                    {
                        Outcome = answer.Outcome,
                        Environment = environment.Name,
                        Messages = answer.Findings.All,
                        Plan = answer.Plan,
                    };
                }

                if (request.Wait is { } wait)
                {
                    await new GateWait(_factory, OwnSteps, RunLauncher.OperatorOf(_factory, request), request.Progress) { Bypass = bypass }
                        .ForAsync(environment, release, wait, cancellationToken)
                        .ConfigureAwait(false);
                }

                return await BringAsync(environment, release, "promote", request, cancellationToken, bypass).ConfigureAwait(false);
            },
            cancellationToken
        );
    }

    private BypassRequest? Bypass(DeploymentEnvironment environment, PromoteRequest request)
    {
        if (!request.IsHotfix && !request.IsBreakGlass)
            return null;
        if (string.IsNullOrWhiteSpace(request.Reason))
            throw DeploymentException.Refused(
                request.IsHotfix ? Codes.HotfixRefused : Codes.GlassRefused,
                $"Nothing is skipped in '{environment.Name}' without a reason, which the journal keeps. Nothing was begun. Say why with --reason \"…\"."
            );
        return new BypassRequest(request.IsHotfix, request.IsBreakGlass, _factory.Redactor.Redact(request.Reason), request.ApprovedBy);
    }
}
