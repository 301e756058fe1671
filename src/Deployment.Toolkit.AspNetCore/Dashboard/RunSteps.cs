namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>The steps of a run, with where each stands.</summary>
internal sealed class RunSteps(HtmlText text, Func<double, string> length)
{
    internal Html Render(DeploymentRun run, bool withOutput) =>
        text.Of(
            $"""
            <ol class="steps">
            {run.Steps.Select(step => Step(step, withOutput))}
            </ol>
            """
        );

    /// <summary>How many of a run's steps are done.</summary>
    internal Html Progress(DeploymentRun run)
    {
        var done = run.Steps.Count(static step => step.State is StepState.Done or StepState.Tolerated);
        return text.Of(
            $"""<progress max="{Math.Max(run.Steps.Count, 1)}" value="{done}" aria-label="Steps done">{done} of {run.Steps.Count}</progress>"""
        );
    }

    private Html Step(RunStep step, bool withOutput)
    {
        var (tone, word) = step switch
        {
            { HadNoEffect: true } => ("plain", "had no effect"),
            { State: StepState.Pending } => ("plain", "not begun"),
            { State: StepState.InDoubt } => ("busy", "running or in doubt"),
            { State: StepState.Done } => ("good", "done"),
            { State: StepState.Failed } => ("bad", "failed"),
            { State: StepState.Tolerated } => ("warn", "failed, went on"),
            { State: StepState.RevertInDoubt } => ("busy", "being taken back"),
            { State: StepState.Reverted } => ("warn", "taken back"),
            { State: StepState.RevertFailed } => ("bad", "could not be taken back"),
            _ => ("warn", "kept"),
        };
        var took = step.DurationSeconds > 0 ? text.Of($"""<span class="took">{length(step.DurationSeconds)}</span>""") : Html.Empty;
        var attempts = step.Attempts > 1 ? text.Of($"""<span class="took">{step.Attempts} attempts</span>""") : Html.Empty;
        var error = step.Error is { } said ? text.Of($"""<p class="error">{said}</p>""") : Html.Empty;
        var stuck = step.WayBackError is { } told ? text.Of($"""<p class="error">Way back: {told}</p>""") : Html.Empty;
        var output =
            withOutput && step.Output.Count > 0
                ? text.Of(
                    $"""<details><summary>Output, {(step.Output.Count == 1 ? "1 line" : $"{step.Output.Count} lines")}</summary><pre>{string.Join('\n', step.Output)}</pre></details>"""
                )
                : Html.Empty;
        var tenants = new TenantParts(text, length).Render(step.Tenants, withOutput);
        return text.Of(
            $"""
            <li class="step {tone}"><span class="dot" aria-hidden="true"></span><div><p><strong>{step.Name}</strong> <span class="word">{word}</span> {took}{attempts}</p><p class="effect">{step.Effect}</p>{tenants}{error}{stuck}{output}</div></li>

            """
        );
    }
}
