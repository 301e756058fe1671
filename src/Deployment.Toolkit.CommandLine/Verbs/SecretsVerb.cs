using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>What the verbs over the sealed file share: their options, and where values come from.</summary>
internal abstract class SecretsVerb : Verb
{
    private Option<DateTimeOffset?>? _notBefore;
    private Option<DateTimeOffset?>? _expires;
    private Option<TimeSpan?>? _grace;
    private Option<string>? _trustRoot;

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    protected Argument<string> TakesName(string description) => Add(new Argument<string>("NAME") { Description = description });

    protected void TakesValidity()
    {
        _notBefore = Add(new Option<DateTimeOffset?>("--not-before") { HelpName = "TIME", Description = "From when on the value is good: 2026-12-31 or 2026-12-31T18:00Z. Default: at once.", CustomParser = Moment.Parse });
        _expires = Add(new Option<DateTimeOffset?>("--expires") { HelpName = "TIME", Description = "Until when the value is good. Default: no end.", CustomParser = Moment.Parse });
    }

    protected void TakesGrace() => _grace = Add(new Option<TimeSpan?>("--grace")
    {
        HelpName = "DURATION",
        Description = "For how long the version before stays readable as NAME@previous: 30m, 24h or d.hh:mm:ss. Default: 24h.",
        CustomParser = Duration.Parse,
    });

    protected void TakesTrustRoot() => _trustRoot = Add(new Option<string>("--trust-root")
    {
        HelpName = "FINGERPRINT",
        Description = "The root of the file, as whoever made it tells you: dtk1:… Only where nothing pins it yet; you are remembered to trust it.",
    });

    /// <summary>The environment's sealed secrets, on the word of whoever named their root.</summary>
    protected SealedSecrets Secrets(VerbContext context) => context.Secrets.Trusting(_trustRoot is null ? null : context.Parse.GetValue(_trustRoot));

    protected SealedValidity Validity(VerbContext context) => new(context.Parse.GetValue(_notBefore!), context.Parse.GetValue(_expires!));

    protected TimeSpan Grace(VerbContext context) => context.Parse.GetValue(_grace!) ?? TimeSpan.FromHours(24);

    protected static Task<Secret> ValueAsync(VerbContext context, string name, CancellationToken cancellationToken) =>
        SecretInput.ReadAsync(context.Terminal, $"Value of {name}", isRepeated: true, cancellationToken);

    /// <summary>The line that pins a file where a review of the code sees it.</summary>
    protected static DeploymentMessage PinLine(string fingerprint, string why) =>
        new(Codes.RootUnknown, $"{why}: .AddSealedSecrets(s => s.Root(\"{fingerprint}\"))", MessageSeverity.Information);

    protected static VerbReport Done(VerbContext context, string headline) => new(DeploymentOutcome.Succeeded, context.HostEnvironment, []) { Headline = headline };
}
