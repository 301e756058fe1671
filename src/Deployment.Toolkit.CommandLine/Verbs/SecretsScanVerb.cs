using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsScanVerb : Verb
{
    internal override string Path => "secrets scan";

    internal override string Description => "Looks for secrets in the clear in appsettings*.json, .env files and launchSettings.json; exits with 2 when there are any.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy secrets scan",
    ];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var found = ClearTextScan.Find(context.Services.GetRequiredService<IHostEnvironment>().ContentRootPath);
        return Task.FromResult(new VerbReport(found.Count == 0 ? DeploymentOutcome.Succeeded : DeploymentOutcome.Refused, null, found)
        {
            Headline = found.Count == 0 ? "No secret was found in the clear." : $"{Format.Count(found.Count, "secret")} found in the clear; nothing was changed.",
        });
    }
}
