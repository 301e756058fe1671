namespace Deployment.Toolkit;

/// <summary>What a rule over options is given.</summary>
/// <typeparam name="TOptions">The options type.</typeparam>
public sealed class OptionsRuleContext<TOptions>
    where TOptions : class
{
    private readonly Action<string, string, MessageSeverity> _report;

    /// <summary>Makes a context, for the engine and for tests of rules.</summary>
    /// <param name="options">The bound options.</param>
    /// <param name="section">The section that they are bound to.</param>
    /// <param name="environment">The environment that the host runs in.</param>
    /// <param name="phase">When the configuration is looked at.</param>
    /// <param name="report">Takes the member's path (empty for the section), the sentence and how much it weighs.</param>
    public OptionsRuleContext(
        TOptions options,
        string section,
        DeploymentEnvironment environment,
        ConfigurationPhase phase,
        Action<string, string, MessageSeverity> report
    ) => (Options, Section, Environment, Phase, _report) = (options, section, environment, phase, report);

    /// <summary>The bound options.</summary>
    public TOptions Options { get; }

    /// <summary>The section that they are bound to.</summary>
    public string Section { get; }

    /// <summary>The environment that the host runs in.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <summary>When the configuration is looked at.</summary>
    public ConfigurationPhase Phase { get; }

    /// <summary>Reports a fault.</summary>
    /// <param name="member">The member's path below the options, as <c>Provider.Url</c>, <c>Items[2].Name</c> or <c>Items:2:Name</c>; empty
    /// for the section as a whole.</param>
    /// <param name="text">What is wrong, in one sentence without a secret's value.</param>
    /// <param name="severity">How much it weighs; only an error refuses a start.</param>
    public void Report(string member, string text, MessageSeverity severity = MessageSeverity.Error)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentException.ThrowIfNullOrEmpty(text);
        _report(member, text, severity);
    }
}
