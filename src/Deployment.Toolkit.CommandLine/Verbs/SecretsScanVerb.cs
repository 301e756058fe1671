using System.CommandLine;
using Deployment.Toolkit.CommandLine.Commands;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsScanVerb : Verb
{
    private readonly Option<bool> _staged;

    internal SecretsScanVerb()
    {
        _staged = Add(
            new Option<bool>("--staged")
            {
                Description = "Looks into every file that is staged for the next commit, as it is staged: for a git hook.",
                Arity = ArgumentArity.Zero,
            }
        );
    }

    internal override string Path => "secrets scan";

    internal override string Description =>
        "Looks for secrets in the clear in appsettings*.json, .env files, launchSettings.json and web.config; exits with 2 when there are any.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets scan", "deploy secrets scan --staged"];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var folder = context.Services.GetRequiredService<IHostEnvironment>().ContentRootPath;
        var declared = context.Services.GetRequiredService<DeploymentModel>().Secrets;
        IReadOnlyList<DeploymentMessage> found = IsGiven(context.Parse, _staged)
            ?
            [
                .. (await StagedFiles.ReadAsync(folder, cancellationToken).ConfigureAwait(false)).SelectMany(file =>
                    ClearTextScan.FindIn(file.Name, file.Content, declared)
                ),
            ]
            : ClearTextScan.Find(folder, declared);
        return new VerbReport(found.Count == 0 ? DeploymentOutcome.Succeeded : DeploymentOutcome.Refused, null, found)
        {
            Headline =
                found.Count == 0
                    ? "No secret was found in the clear."
                    : $"{Format.Count(found.Count, "secret")} found in the clear; nothing was changed.",
        };
    }
}
