using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class EvidenceListVerb : Verb
{
    internal override string Path => "evidence list";

    internal override string Description =>
        "Lists what is recorded of tests on releases, and what was imported of other environments, the newest first.";

    internal override IReadOnlyList<string> Examples => ["deploy evidence list --environment Staging"];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var tests = await context.Evidence.GetTestsAsync(context.Environment, cancellationToken).ConfigureAwait(false);
        var bundles = await context.Evidence.GetImportedAsync(context.Environment, cancellationToken).ConfigureAwait(false);
        return new VerbReport(DeploymentOutcome.Succeeded, context.Environment ?? context.HostEnvironment, [])
        {
            Headline =
                tests.Count + bundles.Count == 0
                    ? "Nothing is recorded. Add results with 'deploy evidence add results.trx --suite unit'."
                    : "",
            Sections = [new TestsSection(tests), new BundlesSection(bundles)],
        };
    }
}
