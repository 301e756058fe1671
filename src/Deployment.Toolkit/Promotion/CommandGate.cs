using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only when a command says so by its exit code.</summary>
internal sealed class CommandGate(CommandGateRules rules, string contentRoot, TimeProvider time) : PromotionGate
{
    // Of sysexits.h: a temporary failure, to be tried again.
    private const int TooEarly = 75;
    private const int Signalled = 128;
    private const int MostLines = 5;
    private const int LongestLine = 160;
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(5);

    public override string Name => rules.Name;

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var line = string.Join(' ', rules.Command.Items);
        var last = new Queue<string>();
        var environment = ProcessEnvironment.Pick(rules.PassEnvironment.Items);
        environment["DEPLOYMENT_ENVIRONMENT"] = context.Environment.Name;
        environment["DEPLOYMENT_RELEASE"] = context.Release.Version;
        environment["DEPLOYMENT_COMMIT"] = context.Release.Commit ?? "";
        var launch = new CommandLaunch(rules.Command.Items[0], [.. rules.Command.Items.Skip(1)])
        {
            WorkingDirectory = Path.Combine(contentRoot, rules.WorkingDirectory ?? ""),
            Environment = environment,
        };
        int exitCode;
        try
        {
            exitCode = await CommandRunner
                .RunAsync(launch, Keep, static _ => Task.CompletedTask, KillGrace, time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (CommandNotStartedException e)
        {
            return Answer(
                GateOutcome.Errored,
                $"Gate '{Name}' could not start its command: {Sentence.Of(e)} Correct it in RequireCommand."
            );
        }

        var said = string.Join(" / ", last);
        var evidence = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["command"] = line,
            ["exit code"] = exitCode.ToString(CultureInfo.InvariantCulture),
            ["last lines"] = said,
        };
        var told = $"'{VisibleText.Line(line)}' ended with exit code {exitCode}{(said.Length == 0 ? "" : $": {said}")}";
        var outcome = exitCode switch
        {
            0 => GateOutcome.Passed,
            TooEarly => GateOutcome.Inconclusive,
            >= Signalled => GateOutcome.Errored,
            _ => GateOutcome.Failed,
        };
        return Answer(
                outcome,
                outcome == GateOutcome.Passed
                    ? $"{rules.Command.Items[0]} ended with exit code 0"
                    : $"Gate '{Name}' keeps release {context.Release} out of '{context.Environment.Name}': {told}. Mend what it asks, and look again with "
                        + $"'deploy plan --environment {context.Environment.Name}'."
            )
            .WithEvidence(evidence);

        void Keep(string written)
        {
            if (written.Length == 0)
                return;
            var clean = VisibleText.Line(written);
            last.Enqueue(clean.Length <= LongestLine ? clean : clean[..LongestLine] + "…");
            if (last.Count > MostLines)
                last.Dequeue();
        }
    }

    private static PromotionAnswer Answer(GateOutcome outcome, string reason) =>
        PromotionAnswer.Of(outcome, reason, Codes.CommandGateClosed);
}
