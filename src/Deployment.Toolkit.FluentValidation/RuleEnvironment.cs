using FluentValidation;

namespace Deployment.Toolkit.FluentValidation;

/// <summary>Carries the environment through a validation; nested validators see it too.</summary>
internal static class RuleEnvironment
{
    internal const string Key = "Deployment.Toolkit.Environment";

    internal static DeploymentEnvironment? Of(IValidationContext context) =>
        context.RootContextData.TryGetValue(Key, out var value) ? value as DeploymentEnvironment : null;
}
