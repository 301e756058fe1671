namespace Deployment.Toolkit.Options.Validation;

/// <summary>A rule that <see cref="ValidatedOptionsBuilder{TOptions}"/> was given, with where and when it holds.</summary>
internal sealed class OptionsRule<TOptions>(
    Action<OptionsRuleContext<TOptions>> check,
    Func<DeploymentEnvironment, bool> holdsIn,
    ConfigurationPhase phase
)
    where TOptions : class
{
    internal void Check(OptionsRuleContext<TOptions> context)
    {
        if (context.Phase >= phase && holdsIn(context.Environment))
            check(context);
    }
}
