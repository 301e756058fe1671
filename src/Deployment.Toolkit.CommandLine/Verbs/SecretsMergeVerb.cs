using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsMergeVerb : Verb
{
    private readonly Argument<string> _origin;
    private readonly Argument<string> _ours;
    private readonly Argument<string> _theirs;
    private readonly Argument<string?> _place;

    internal SecretsMergeVerb()
    {
        _origin = Add(new Argument<string>("BASE") { Description = "The common ancestor (%O)." });
        _ours = Add(new Argument<string>("OURS") { Description = "Our version, and where the result goes (%A)." });
        _theirs = Add(new Argument<string>("THEIRS") { Description = "Their version (%B)." });
        _place = Add(
            new Argument<string?>("PLACE")
            {
                Description = "The file's name in the repository (%P); may be left out.",
                Arity = ArgumentArity.ZeroOrOne,
            }
        );
    }

    internal override string Path => "secrets merge";

    internal override string Description => "Merges two versions of a sealed file; git calls it as a merge driver.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets merge %O %A %B %P"];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetValue(_place);
        var trust = new RootTrust
        {
            Pins = context.Services.GetRequiredService<DeploymentModel>().Sealed.Roots,
            User = UserRoots.OfProcess(),
        };
        var messages = await SealedMergeDriver
            .RunAsync(
                context.Parse.GetRequiredValue(_origin),
                context.Parse.GetRequiredValue(_ours),
                context.Parse.GetRequiredValue(_theirs),
                name,
                KeyRing.OfProcess(),
                trust,
                cancellationToken
            )
            .ConfigureAwait(false);
        var conflicts = messages.Count(static message => message.Code == Codes.MergeConflict);
        return new VerbReport(conflicts == 0 ? DeploymentOutcome.Succeeded : DeploymentOutcome.NeedsAttention, null, messages)
        {
            Headline = conflicts == 0 ? "Merged." : $"Merged but for {Format.Count(conflicts, "conflict")}.",
        };
    }
}
