using Deployment.Toolkit.FluentValidation;
using FluentValidation;

namespace Deployment.Toolkit;

/// <summary>
/// Rules of a validator that hold only in some environments. Outside a deployment's check (in a unit test, say) they hold where
/// <see cref="For"/> says.
/// </summary>
public static class EnvironmentRules
{
    /// <summary>Adds rules that hold in one environment.</summary>
    /// <typeparam name="TOptions">The options type.</typeparam>
    /// <param name="validator">The validator, in its own constructor.</param>
    /// <param name="environment">The environment's name, compared without case.</param>
    /// <param name="rules">Adds the rules.</param>
    /// <returns>To say with <c>Otherwise</c> what holds elsewhere.</returns>
    public static IConditionBuilder InEnvironment<TOptions>(this AbstractValidator<TOptions> validator, string environment, Action rules)
    {
        ArgumentNullException.ThrowIfNull(validator);
        ArgumentException.ThrowIfNullOrEmpty(environment);
        return validator.When(
            (_, context) =>
                RuleEnvironment.Of(context) is { } here && string.Equals(here.Name, environment, StringComparison.OrdinalIgnoreCase),
            rules
        );
    }

    /// <summary>Adds rules that hold in protected environments.</summary>
    /// <typeparam name="TOptions">The options type.</typeparam>
    /// <param name="validator">The validator, in its own constructor.</param>
    /// <param name="rules">Adds the rules.</param>
    /// <returns>To say with <c>Otherwise</c> what holds elsewhere.</returns>
    public static IConditionBuilder WhenProtected<TOptions>(this AbstractValidator<TOptions> validator, Action rules)
    {
        ArgumentNullException.ThrowIfNull(validator);
        return validator.When(static (_, context) => RuleEnvironment.Of(context) is { IsProtected: true }, rules);
    }

    /// <summary>Makes what a validator is asked with, in an environment: for tests of validators.</summary>
    /// <typeparam name="TOptions">The options type.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="environment">The environment.</param>
    /// <returns>To hand to <c>Validate</c>.</returns>
    public static ValidationContext<TOptions> For<TOptions>(TOptions options, DeploymentEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var context = new ValidationContext<TOptions>(options);
        context.RootContextData[RuleEnvironment.Key] = environment;
        return context;
    }
}
