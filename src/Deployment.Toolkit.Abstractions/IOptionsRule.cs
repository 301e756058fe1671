namespace Deployment.Toolkit;

/// <summary>
/// A rule over bound options, for packages and apps that bring their own kind of validator. Register it as a service; every rule of a type
/// runs, and everything that they report stands in one report.
/// </summary>
/// <typeparam name="TOptions">The options type.</typeparam>
// An interface, since a validator has the base class of its own library; what a rule may need comes with the context.
public interface IOptionsRule<TOptions>
    where TOptions : class
{
    /// <summary>Looks at the options and reports what is wrong with them.</summary>
    /// <param name="context">The options, where they are used, and how to report.</param>
    void Check(OptionsRuleContext<TOptions> context);
}
