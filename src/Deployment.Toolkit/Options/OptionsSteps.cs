using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Options;

/// <summary>The steps about the app's options.</summary>
internal static class OptionsSteps
{
    internal static IEnumerable<CatalogStep> Of(IServiceProvider services) =>
        [CatalogStep.BuiltIn(StepRole.CheckConfiguration, new CheckConfigurationStep(services), TimeSpan.FromMinutes(1))];
}
