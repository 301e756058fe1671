using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>What the verbs over the sealed file share: their options, and where values come from.</summary>
internal abstract class SecretsVerb : Verb
{
    private Option<DateTimeOffset?>? _notBefore;
    private Option<DateTimeOffset?>? _expires;
    private Option<TimeSpan?>? _grace;
    private Option<string?>? _allowShort;
    private Option<bool>? _allowEmpty;
    private Option<string>? _trustRoot;

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    protected Argument<string> TakesName(string description) => Add(new Argument<string>("NAME") { Description = description });

    protected void TakesValidity()
    {
        _notBefore = Add(
            new Option<DateTimeOffset?>("--not-before")
            {
                HelpName = "TIME",
                Description = "From when on the value is good: 2026-12-31 or 2026-12-31T18:00Z. Default: at once.",
                CustomParser = Moment.Parse,
            }
        );
        _expires = Add(
            new Option<DateTimeOffset?>("--expires")
            {
                HelpName = "TIME",
                Description = "Until when the value is good. Default: no end.",
                CustomParser = Moment.Parse,
            }
        );
    }

    protected void TakesGrace() =>
        _grace = Add(
            new Option<TimeSpan?>("--grace")
            {
                HelpName = "DURATION",
                Description = "For how long the version before stays readable as NAME@previous: 30m, 24h or d.hh:mm:ss. Default: 24h.",
                CustomParser = Duration.Parse,
            }
        );

    protected void TakesTrustRoot() =>
        _trustRoot = Add(
            new Option<string>("--trust-root")
            {
                HelpName = "FINGERPRINT",
                Description =
                    "The root of the file, as whoever made it tells you: dtk1:… Only where nothing pins it yet; you are remembered to "
                    + "trust it.",
            }
        );

    /// <summary>The environment's sealed secrets, on the word of whoever named their root.</summary>
    protected SealedSecrets Secrets(VerbContext context) =>
        context.Secrets.Trusting(_trustRoot is null ? null : context.Parse.GetValue(_trustRoot));

    protected SealedValidity Validity(VerbContext context) =>
        new() { NotBefore = context.Parse.GetValue(_notBefore!), ExpiresAt = context.Parse.GetValue(_expires!) };

    protected TimeSpan Grace(VerbContext context) => context.Parse.GetValue(_grace!) ?? TimeSpan.FromHours(24);

    protected void TakesValues()
    {
        _allowShort = Add(
            new Option<string?>("--allow-short")
            {
                HelpName = "REASON",
                Description =
                    $"Takes a value of fewer than {SecretMasker.ShortestSecret} characters in a protected environment too, where it "
                    + $"can't be masked in logs.",
            }
        );
        _allowEmpty = Add(new Option<bool>("--allow-empty") { Description = "Takes an empty value.", Arity = ArgumentArity.Zero });
    }

    /// <summary>The value, from standard input or typed, if it may be sealed.</summary>
    protected async Task<Secret> ValueAsync(VerbContext context, string name, CancellationToken cancellationToken)
    {
        var value = await SecretInput
            .ReadAsync(context.Terminal, $"Value of {name}", isRepeated: true, cancellationToken)
            .ConfigureAwait(false);
        EnsureMaySeal(context, [new(name, value)]);
        return value;
    }

    /// <exception cref="DeploymentException">A value is empty, or so short that no mask would know it, and that was not asked
    /// for.</exception>
    protected void EnsureMaySeal(VerbContext context, IEnumerable<KeyValuePair<string, Secret>> values)
    {
        var faults = new List<DeploymentMessage>();
        var isProtected = context.Services.GetRequiredService<DeploymentPartsFactory>().Environment.IsProtected;
        foreach (var (name, value) in values)
        {
            if (value.IsEmpty && !IsGiven(context.Parse, _allowEmpty))
            {
                faults.Add(
                    new DeploymentMessage(
                        Codes.SecretEmpty,
                        $"The value for secret '{name}' is empty: whatever should have written it wrote nothing. Nothing was sealed. If "
                            + $"it is meant, run the command with --allow-empty."
                    )
                    {
                        Key = name,
                    }
                );
            }
            else if (
                isProtected
                && !value.IsEmpty
                && value.Reveal().Length < SecretMasker.ShortestSecret
                && string.IsNullOrWhiteSpace(context.Parse.GetValue(_allowShort!))
            )
            {
                faults.Add(
                    new DeploymentMessage(
                        Codes.SecretTooShort,
                        $"The value for secret '{name}' has fewer than {SecretMasker.ShortestSecret} characters: it is guessed at once, "
                            + $"and no log can mask it. Nothing was sealed. Take a longer one; if that can't be, run the command with "
                            + $"--allow-short \"why\"."
                    )
                    {
                        Key = name,
                    }
                );
            }
        }

        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    /// <summary>The line that pins a file where a review of the code sees it.</summary>
    protected static DeploymentMessage PinLine(string fingerprint, string why) =>
        new(Codes.RootUnknown, $"{why}: .AddSealedSecrets(s => s.Root(\"{fingerprint}\"))", MessageSeverity.Information);

    protected static VerbReport Done(VerbContext context, string headline) =>
        new(DeploymentOutcome.Succeeded, context.HostEnvironment, []) { Headline = headline };
}
