using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only when it was live for a while, without a break, in the environment that it is promoted from.</summary>
internal sealed class SoakGate(
    TimeSpan wanted,
    DeploymentEnvironment source,
    IReadOnlyList<VerifiedMigration>? migrations,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf,
    TrustedEvidence trusted,
    TimeProvider time
) : PromotionGate
{
    public override string Name => "soak";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        EnvironmentLedger ledger;
        try
        {
            ledger = await ledgerOf(source, cancellationToken).ConfigureAwait(false);
        }
        catch (DeploymentException e)
        {
            return PromotionAnswer.Of(
                GateOutcome.Errored,
                $"Since when release {context.Release} is live in '{source.Name}' cannot be found out: {e.Messages[0].Text}",
                e.Messages[0].Code
            );
        }

        if (ledger.Current is null)
        {
            var target = await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false);
            if (trusted.Find(target, source.Name, context.Release, migrations).Bundle is { } bundle)
                return Told(bundle, context);
        }

        if (ledger.Current is not { } current || current.Evidence.Release != context.Release)
            return PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Release {context.Release} has to be live in '{source.Name}' for {Told(wanted)} before it enters "
                    + $"'{context.Environment.Name}', and "
                    + (ledger.Current is null ? "nothing is live there" : $"live there is {ledger.Current.Evidence.Release}")
                    + $". Run 'deploy up --environment {source.Name}' first.",
                Codes.NotSoaked
            );

        if (ledger.OpenRun is { } open)
            return PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Run {open.Id} in '{source.Name}' is not finished, so that release {context.Release} is not quietly live there. Look at "
                    + $"'deploy status --environment {source.Name}'.",
                Codes.NotSoaked
            );

        var since = Since(ledger, current);
        var now = time.GetUtcNow();
        var lived = now - since;
        return lived >= wanted
            ? PromotionAnswer.Of(GateOutcome.Passed, $"live in {source.Name} for {Told(lived)}, {Told(wanted)} are wanted", Codes.NotSoaked)
            : PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Release {context.Release} is live in '{source.Name}' since {Moment(since)} without a break, and has to be for "
                    + $"{Told(wanted)} before it enters '{context.Environment.Name}': from {Moment(since + wanted)} on.",
                Codes.NotSoaked
            );
    }

    // Of what came after it was made, a bundle knows nothing.
    private PromotionAnswer Told(ImportedBundle imported, PromotionContext context)
    {
        var bundle = imported.Bundle;
        var soaked = bundle.ExportedAt - bundle.LiveSince;
        return soaked >= wanted
            ? PromotionAnswer.Of(
                GateOutcome.Passed,
                $"live in {bundle.Environment} for {Told(soaked)} when its bundle was made, {Told(wanted)} are wanted",
                Codes.NotSoaked
            )
            : PromotionAnswer.Of(
                GateOutcome.Failed,
                $"Release {context.Release} is live in '{bundle.Environment}' since {Moment(bundle.LiveSince)}, as a bundle says that was made at "
                    + $"{Moment(bundle.ExportedAt)}, and has to be for {Told(wanted)} before it enters '{context.Environment.Name}'. Import one that was made "
                    + $"from {Moment(bundle.LiveSince + wanted)} on.",
                Codes.NotSoaked
            );
    }

    // A run that failed had put another release live for a while, or this one anew.
    internal static DateTimeOffset Since(EnvironmentLedger ledger, VerifiedRelease current)
    {
        var since = ledger.CurrentSince ?? current.Time;
        return ledger.LastUnsuccessful is { } run && run.LastRecordAt > since ? run.LastRecordAt : since;
    }

    // Of a short time the minute alone would name one that is over, or begins and ends in it.
    private string Moment(DateTimeOffset at) =>
        wanted < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
            : Moments.Told(at);

    private static string Told(TimeSpan span) =>
        span < TimeSpan.FromHours(1)
            ? string.Join(' ', ((string?[])[Unit(span.Minutes, "min"), Unit(span.Seconds, "s")]).OfType<string>().DefaultIfEmpty("0 s"))
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(span.TotalDays >= 1 ? $"{span.Days} d " : "")}{span.Hours} h {span.Minutes} min"
            );

    private static string? Unit(int number, string unit) =>
        number == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{number} {unit}");
}
