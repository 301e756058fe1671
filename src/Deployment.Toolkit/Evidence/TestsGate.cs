using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Evidence;

/// <summary>
/// A release enters only when suites of tests passed on its commit. What counts is what was recorded last, in the environment itself or in
/// one that the release went through.
/// </summary>
internal sealed class TestsGate(
    IReadOnlyList<string> suites,
    EnvironmentGraph graph,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf
) : PromotionGate
{
    public override string Name => "tests";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var (release, environment) = (context.Release, context.Environment.Name);
        var ledgers = new List<EnvironmentLedger>();
        foreach (var place in Way(context.Environment))
            ledgers.Add(await ledgerOf(place, cancellationToken).ConfigureAwait(false));

        var (good, bad) = (new List<string>(), new List<string>());
        var isMissing = false;
        foreach (var suite in suites)
        {
            var last = ledgers
                .Select(ledger => ledger.Evidence.TestsOf(suite, release))
                .OfType<RecordedTests>()
                .MaxBy(static tests => tests.Time);
            isMissing |= last is null;
            if (last is { Results.HasPassed: true })
                good.Add($"{suite}: {last.Results.Told} ({At(last.Time)})");
            else
                bad.Add(last is null ? $"of '{suite}' nothing is recorded" : $"'{suite}': {last.Results.Told} ({At(last.Time)})");
        }

        if (bad.Count == 0)
            return PromotionAnswer.Of(GateOutcome.Passed, string.Join("; ", good), Codes.TestsNotPassed);

        var missing = suites.First(suite => !good.Exists(told => told.StartsWith(suite + ":", StringComparison.Ordinal)));
        return PromotionAnswer.Of(
            isMissing && bad.TrueForAll(static told => told.EndsWith("nothing is recorded", StringComparison.Ordinal))
                ? GateOutcome.Inconclusive
                : GateOutcome.Failed,
            $"'{environment}' takes release {release} only once its tests passed: {string.Join("; ", bad)}. Run them, then 'deploy evidence "
                + $"add results.trx --suite {missing} --release {release.ToFullString()} --environment {environment}'.",
            Codes.TestsNotPassed
        );
    }

    private IEnumerable<DeploymentEnvironment> Way(DeploymentEnvironment environment)
    {
        yield return environment;
        for (var next = environment.PromotedFrom; next is not null; next = graph.Find(next)?.PromotedFrom)
        {
            if (graph.Find(next) is { } found)
                yield return found;
        }
    }

    private static string At(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}
