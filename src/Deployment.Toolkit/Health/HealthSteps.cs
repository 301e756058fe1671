using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Health;

/// <summary>The step that waits for the app's health.</summary>
internal static class HealthSteps
{
    internal static IEnumerable<CatalogStep> Of(HealthGate health) =>
        [CatalogStep.BuiltIn(StepRole.VerifyHealth, new VerifyHealthStep(health), health.Limit + TimeSpan.FromMinutes(1))];
}
