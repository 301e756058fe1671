using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class EvidenceExportVerb : Verb
{
    private readonly Argument<string> _file;
    private readonly Option<TimeSpan?> _validFor;

    internal EvidenceExportVerb()
    {
        _file = Add(new Argument<string>("FILE") { Description = "The bundle to write; one that is there is replaced." });
        _validFor = Add(
            new Option<TimeSpan?>("--valid-for")
            {
                HelpName = "DURATION",
                Description = "For how long it is good, for example 14d. Default: 14d.",
                CustomParser = Duration.Parse,
            }
        );
        TakesRelease("A release that was verified there, as version or version+commit. Default: the one that is live.");
        TakesAs();
    }

    internal override string Path => "evidence export";

    internal override string Description =>
        "Vouches in a signed file for a release that is verified in the environment, for one on a machine that shares nothing with it.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy evidence export staging.intoto.jsonl --environment Staging",
            "deploy evidence export staging.intoto.jsonl --environment Staging --valid-for 2d",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var request = new ExportEvidenceRequest { File = context.Parse.GetRequiredValue(_file), Release = Release(context.Parse) };
        return VerbReport.Of(
            await context
                .Evidence.ExportAsync(
                    context.Parse.GetValue(_validFor) is { } valid ? request with { ValidFor = valid } : request,
                    cancellationToken
                )
                .ConfigureAwait(false)
        );
    }
}
