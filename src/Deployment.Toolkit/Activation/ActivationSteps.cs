using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Activation;

/// <summary>The step that puts a release live.</summary>
internal static class ActivationSteps
{
    internal static IEnumerable<CatalogStep> Of(ScopedActivator activator) =>
        [CatalogStep.BuiltIn(StepRole.Activate, new ActivateStep(activator), TimeSpan.FromMinutes(10))];
}
