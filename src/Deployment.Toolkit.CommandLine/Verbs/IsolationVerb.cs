using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class IsolationVerb : Verb
{
    internal override string Path => "isolation";

    internal override string Description =>
        "Says what this environment shares with the others that are known here (a database by any name, a secret's value, a host, an account, a "
        + "bucket, a queue) and what it must never talk to; anything that nobody declared is refused with exit code 2.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy isolation --environment Staging", "deploy isolation --environment Production --output json"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var report = await context.Isolation.ReportAsync(cancellationToken).ConfigureAwait(false);
        var open = report
            .Findings.Where(static finding => finding.State == IsolationState.Open)
            .Select(static finding => finding.Message)
            .ToList();
        var names = string.Join(", ", report.Sides.Select(static side => side.Environment));
        return new VerbReport(
            report.IsIsolated ? DeploymentOutcome.Succeeded : DeploymentOutcome.Refused,
            report.Environment,
            [.. open, .. report.Warnings]
        )
        {
            Sections = [new IsolationSection(report)],
            Headline =
                !report.IsIsolated ? $"{report.Environment} is not isolated: {Format.Count(open.Count, "finding")}."
                : names.Length == 0 ? $"{report.Environment} has no other environment beside it."
                : $"{report.Environment} shares nothing with {names} that it must not, as far as is known here.",
        };
    }
}
