using System.Globalization;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Preflight;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Watches the release that is live, and takes it back when it is not well: once. What a rollback brought is not rolled back again, so that
/// no sick dependency takes an environment through its releases.
/// </summary>
internal sealed class ReleaseWatch(
    DeploymentPartsFactory factory,
    DeploymentEnvironment environment,
    WatchRequest request,
    Func<VerifiedRelease, RollbackRequest, CancellationToken, Task<DeploymentResult>> rollback
)
{
    private readonly ErrorRate? _errors = request.MetricsUrl is null ? null : new ErrorRate(request, factory.Time);
    private int _answers;
    private int _bad;

    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        EnsureMayBegin();
        var journal = await factory.LookAsync(environment, cancellationToken).ConfigureAwait(false);
        // What it does to the release while that is watched is not the release's health.
        if (OpenRunCheck.Find(new Intention(factory, environment, RunKind.Rollback, journal) { IsLook = true }) is { } open)
            throw new DeploymentException(DeploymentOutcome.Refused, [open]);
        if (journal.Ledger.Current is not { } watched)
            throw DeploymentException.Refused(
                Codes.NoRollbackTarget,
                $"No release is verified in '{environment.Name}', so there is none to watch. Run 'deploy up --environment {environment.Name}' first."
            );

        var release = watched.Evidence.Release;
        var began = factory.Time.GetTimestamp();
        var inRow = 0;
        while (true)
        {
            var (isGood, words) = await AskAsync(cancellationToken).ConfigureAwait(false);
            _answers++;
            _bad += isGood ? 0 : 1;
            if (inRow > 0 != !isGood || (!isGood && inRow == 0))
                Tell(isGood ? $"{release} is well again" : $"{release} is not well: {words}");
            inRow = isGood ? 0 : inRow + 1;
            if (inRow >= request.Failures)
                return await EndAsync(watched, words, cancellationToken).ConfigureAwait(false);
            // Answers that are slow use the time up; a row of bad ones that is open then is not called well.
            if (inRow == 0 && factory.Time.GetElapsedTime(began) + request.Every >= request.For)
                return Over(release);
            await Task.Delay(request.Every, factory.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void EnsureMayBegin()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.For, TimeSpan.Zero, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.For, TimeSpan.FromDays(30), nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Every, TimeSpan.Zero, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Every, TimeSpan.FromDays(1), nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Failures, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MinRequests, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.ErrorWindow, TimeSpan.Zero, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.ErrorWindow, TimeSpan.FromDays(1), nameof(request));
        if (request.Failures - 1 >= request.For / request.Every)
            throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{request.Failures} answers every {request.Every.TotalSeconds:0.###} s take longer than the {request.For.TotalSeconds:0.###} s that are to be watched, so nothing could be found not well. Nothing was begun. Give a longer --for, a shorter --every, or fewer --failures."
                )
            );
        if (request.MaxErrorRate is not (null or (>= 0 and < 1)))
            throw new ArgumentOutOfRangeException(nameof(request), request.MaxErrorRate, "The error rate is a share from 0 to below 1.");
        if (request.MetricsUrl is null != request.MaxErrorRate is null)
            throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                "An error rate takes both: where the app tells its numbers, and which share of requests may fail. Nothing was begun. Give "
                    + "--metrics-url with --max-error-rate, for example --metrics-url https://app.example.org/metrics --max-error-rate 1%."
            );
        var gate = factory.Create(null).Health;
        if (request.Url is not null)
            return;
        if (gate.Faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, gate.Faults);
        if (gate.NothingBecause is { } why && _errors is null)
            throw DeploymentException.Refused(
                Codes.HealthGateAsksNothing,
                $"The health gate asks nothing ({why}), so watching would see nothing. Name the app's own endpoint with --url, or register a check."
            );
    }

    private async Task<(bool IsGood, string Words)> AskAsync(CancellationToken cancellationToken)
    {
        var gate = factory.Create(null).Health;
        var report = request.Url is { } url
            ? await new RemoteHealth(factory.Time).AskAsync(url, request.UrlTimeout, cancellationToken).ConfigureAwait(false)
            : await gate.CheckAsync(cancellationToken).ConfigureAwait(false);
        var isGood = gate.IsGoodEnough(report);
        var words = isGood ? "" : factory.Redactor.Redact(VisibleText.Line(WordsOf(report)));
        if (_errors is not null && await _errors.AskAsync(cancellationToken).ConfigureAwait(false) is { } errors)
            (isGood, words) = (false, words.Length == 0 ? errors : $"{words}; {errors}");
        return (isGood, words);
    }

    private static string WordsOf(HealthReport report) =>
        string.Join(
            "; ",
            report
                .Entries.Where(static entry => entry.Value.Status != HealthStatus.Healthy)
                .Take(5)
                .Select(static entry => $"{entry.Key}: {entry.Value.Description ?? entry.Value.Exception?.Message ?? "no reason given"}")
        );

    private async Task<DeploymentResult> EndAsync(VerifiedRelease watched, string words, CancellationToken cancellationToken)
    {
        var release = watched.Evidence.Release;
        var unwell =
            $"Release {release} is not well in '{environment.Name}': {request.Failures} bad answers in a row, {_bad} of {_answers} in all. The last one: {words}.";
        // Somebody else may have acted meanwhile.
        var ledger = await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false);
        if (ledger.OpenRun is not null || ledger.Current?.Record.Sequence != watched.Record.Sequence)
            return Overtaken(unwell);
        if (request.ReportOnly)
            return Result(
                DeploymentOutcome.Failed,
                $"{unwell} Nothing was changed. Take it back with 'deploy rollback --environment {environment.Name}'."
            );
        if (ledger.LastRun is { Plan.Kind: RunKind.Rollback })
            return Result(
                DeploymentOutcome.NeedsAttention,
                $"{unwell} A rollback brought it, so it is not taken back again: what is wrong is likely not the release. Look at what it depends on, "
                    + $"and decide by hand with 'deploy rollback --environment {environment.Name}'."
            );

        Tell($"{release} is taken back");
        var back = await rollback(
                watched,
                new RollbackRequest
                {
                    AcceptDataLoss = request.AcceptDataLoss,
                    ClaimedOperator = request.ClaimedOperator,
                    LockTimeout = request.LockTimeout,
                    Progress = request.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (back.Outcome == DeploymentOutcome.Refused && back.Messages.Any(static message => message.Code == Codes.RunUnfinished))
            return Overtaken(unwell);

        return back with
        {
            // It was taken back, which is no success of what was watched; what could not be is for a person.
            Outcome = back.Outcome switch
            {
                DeploymentOutcome.Succeeded => DeploymentOutcome.RolledBack,
                DeploymentOutcome.Cancelled => DeploymentOutcome.Cancelled,
                _ => DeploymentOutcome.NeedsAttention,
            },
            Messages = [new DeploymentMessage(Codes.Unhealthy, unwell), .. back.Messages],
        };
    }

    private DeploymentResult Overtaken(string unwell) =>
        Result(
            DeploymentOutcome.Failed,
            $"{unwell} It was not taken back: somebody has begun another run meanwhile. Look at 'deploy status --environment {environment.Name}'."
        );

    private DeploymentResult Over(Release release) =>
        Result(
            DeploymentOutcome.Succeeded,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Release {release} was watched for {request.For.TotalSeconds:0.###} s: {_answers} answers, {_bad} of them bad, never {request.Failures} in a row.{_errors?.Summary}"
            ),
            MessageSeverity.Information
        );

    private DeploymentResult Result(DeploymentOutcome outcome, string text, MessageSeverity severity = MessageSeverity.Error) =>
        new()
        {
            Outcome = outcome,
            Environment = environment.Name,
            Messages = [new DeploymentMessage(Codes.Unhealthy, text, severity)],
        };

    private void Tell(string text) => request.Progress?.Report(new DeploymentProgress { Kind = ProgressKind.Waiting, Text = text });
}
