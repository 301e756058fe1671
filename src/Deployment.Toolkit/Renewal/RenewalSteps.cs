using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Renewal;

/// <summary>The steps of a secret's renewal.</summary>
internal static class RenewalSteps
{
    internal static IEnumerable<CatalogStep> Of(
        SecretIssuer issuer,
        SealedSecrets secrets,
        IssuedSecrets issued,
        SecretResolver resolver,
        ScopedActivator activator
    ) =>
        [
            CatalogStep.BuiltIn(
                StepRole.RenewSecret,
                new RenewSecretStep(issuer, secrets, issued, resolver, activator),
                TimeSpan.FromMinutes(5)
            ),
            CatalogStep.BuiltIn(StepRole.VerifySecret, new VerifySecretStep(issuer, secrets, issued, resolver), TimeSpan.FromMinutes(5)),
            CatalogStep.BuiltIn(StepRole.RetireSecret, new RetireSecretStep(issuer, secrets, issued), TimeSpan.FromMinutes(5)),
        ];
}
