using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsVerifyVerb : SecretsVerb
{
    private readonly Option<bool> _trust;

    internal SecretsVerifyVerb()
    {
        TakesTrustRoot();
        _trust = Add(
            new Option<bool>("--trust")
            {
                Description = "Makes the journal remember this file from now on, also when it is another or older than the one before.",
                Arity = ArgumentArity.Zero,
            }
        );
        TakesAs();
    }

    internal override string Path => "secrets verify";

    internal override string Description => "Opens the sealed file and every value in it, and says what was changed if anything was.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy secrets verify --environment Production", "deploy secrets verify --environment Production --trust"];

    internal override EnvironmentUse Use => EnvironmentUse.Host;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var secrets = Secrets(context);
        var epoch = IsGiven(context.Parse, _trust)
            ? await SecretsTrust
                .TrustAsync(context.Services.GetRequiredService<DeploymentPartsFactory>(), secrets, cancellationToken)
                .ConfigureAwait(false)
            : await secrets.VerifyAndRememberAsync(cancellationToken).ConfigureAwait(false);
        var warnings = secrets.Warnings();
        return Done(
            context,
            $"The sealed secrets of {context.HostEnvironment} are as they were sealed (epoch {epoch}), and every header is signed."
        ) with
        {
            Messages = warnings.Any(static warning => warning.Code == Codes.RootUnknown)
                ? warnings
                : [.. warnings, PinLine(secrets.GetRoot(), "Their root")],
        };
    }
}
