using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigInitVerb : Verb
{
    private readonly Option<bool> _force;

    internal ConfigInitVerb()
    {
        _force = Add(new Option<bool>("--force") { Description = "Replaces files that are there.", Arity = ArgumentArity.Zero });
    }

    internal override string Path => "config init";

    internal override string Description => "Writes a commented template and a JSON schema of the app's sections into the content root.";

    internal override IReadOnlyList<string> Examples => ["deploy config init", "deploy config init --force"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var files = await context.Configuration.WriteTemplateAsync(IsGiven(context.Parse, _force), cancellationToken).ConfigureAwait(false);
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Sections = [new FilesSection(files)],
            Headline = "Written; name the schema in a settings file with \"$schema\": \"./appsettings.schema.json\":",
        };
    }
}
