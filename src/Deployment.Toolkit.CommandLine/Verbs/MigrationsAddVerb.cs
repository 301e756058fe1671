using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsAddVerb : Verb
{
    private readonly Argument<string> _name;

    internal MigrationsAddVerb()
    {
        _name = Add(new Argument<string>("NAME") { Description = "What the migration does." });
        TakesDatabase("of several, by default the first");
    }

    internal override string Path => "migrations add";

    internal override string Description => "Writes the next migration and its way back as empty scripts.";

    internal override IReadOnlyList<string> Examples => ["deploy migrations add add_quality", "deploy migrations add \"add quality\""];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var files = await Database(context)
            .AddMigrationAsync(context.Parse.GetRequiredValue(_name), cancellationToken)
            .ConfigureAwait(false);
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Sections = [new FilesSection(files)],
            Headline = "Written; fill in both:",
        };
    }
}
