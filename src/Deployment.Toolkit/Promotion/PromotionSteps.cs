using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Promotion;

/// <summary>The step that records what later promotions rest on.</summary>
internal static class PromotionSteps
{
    internal static IEnumerable<CatalogStep> Of(
        ConfigurationRecorder recorder,
        SealedSecrets secrets,
        IReadOnlyList<VerifiedMigration> migrations,
        JournalSession? session
    ) =>
        [CatalogStep.BuiltIn(StepRole.MarkVerified, new MarkVerifiedStep(recorder, secrets, migrations, session), TimeSpan.FromMinutes(1))];
}
