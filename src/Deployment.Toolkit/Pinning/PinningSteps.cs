using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Pinning;

/// <summary>The steps that hold and release a configuration.</summary>
internal static class PinningSteps
{
    internal static IEnumerable<CatalogStep> Of(PinnedConfiguration pin, ConfigurationRecorder recorder, JournalSession? session) =>
        [
            CatalogStep.BuiltIn(StepRole.PinConfiguration, new PinConfigurationStep(pin, recorder, session), TimeSpan.FromMinutes(1)),
            CatalogStep.BuiltIn(StepRole.UnpinConfiguration, new UnpinConfigurationStep(pin), TimeSpan.FromMinutes(1)),
        ];
}
