using System.Globalization;
using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Promotion;

/// <summary>A release enters only when each database has a young backup that still is what it was when it was verified.</summary>
/// <param name="age">How old it may be.</param>
/// <param name="stores">The databases' backups; <see langword="null"/> when they could not be found out.</param>
/// <param name="otherwise">Why the toolkit takes none; <see langword="null"/> when it does.</param>
/// <param name="time">The clock.</param>
internal sealed class BackupGate(TimeSpan age, IReadOnlyList<BackupStore>? stores, string? otherwise, TimeProvider time) : PromotionGate
{
    public override string Name => "backup";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var environment = context.Environment.Name;
        if (stores is null || otherwise is not null)
            return Answer(
                GateOutcome.Inconclusive,
                $"Whether '{environment}' has a backup can't be told: {otherwise ?? "there is no plan"}. "
                    + (
                        otherwise is null
                            ? "Mend what the other messages name."
                            : "Ask whoever takes it with a gate of your own: .RequireCommand(…)."
                    )
            );
        if (stores.Count == 0)
            return Answer(GateOutcome.Passed, "the app has no database");
        if (
            context is { PreviousRelease: null, Plan: { } plan }
            && plan.SchemaBefore.Count == 0
            && (plan.Databases ?? []).All(static d => d.SchemaBefore.Count == 0)
        )
            return Answer(GateOutcome.Passed, "nothing is there yet that could be backed up");

        var (now, young) = (time.GetUtcNow(), new List<BackupInfo>());
        foreach (var store in stores)
        {
            var create =
                $"Take one with 'deploy backup create --environment {environment}{(store.Key.IsOnly ? "" : $" --database {store.Key.Name}")}'.";
            var of = store.Key.IsOnly ? $"the database of '{environment}'" : $"database '{store.Key.Name}' of '{environment}'";
            // One of a time that is yet to come was taken by another clock, so that nobody knows how old it is.
            if (
                store.ListReadable().Backups.Where(backup => backup.TakenAt <= now).MaxBy(static backup => backup.TakenAt) is not { } newest
            )
                return Answer(
                    GateOutcome.Failed,
                    $"There is no backup of {of}, and one is wanted that is younger than {Told(age)}. {create}"
                );
            if (now - newest.TakenAt > age)
                return Answer(
                    GateOutcome.Failed,
                    $"The newest backup of {of}, '{newest.Name}', is of {Moments.Told(newest.TakenAt)}, and one is wanted that is younger than {Told(age)}. "
                        + create
                );

            try
            {
                await store.EnsureReadableAsync(newest, cancellationToken).ConfigureAwait(false);
            }
            catch (DeploymentException e)
            {
                return Answer(GateOutcome.Failed, $"The newest backup of {of} is no way back: {e.Messages[0].Text} {create}");
            }

            young.Add(newest);
        }

        var evidence = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var backup in young)
            evidence[backup.Name] = $"sha256 {backup.Sha256}, {Moments.Told(backup.TakenAt)}";
        return Answer(
                GateOutcome.Passed,
                $"{string.Join(", ", young.Select(static backup => $"'{backup.Name}' of {Moments.Told(backup.TakenAt)}"))} is what was verified then"
            )
            .WithEvidence(evidence);
    }

    private static string Told(TimeSpan span) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(span.TotalHours >= 1 ? $"{span.TotalHours:0.#} h" : $"{span.TotalMinutes:0.#} min")}"
        );

    private static PromotionAnswer Answer(GateOutcome outcome, string reason) => PromotionAnswer.Of(outcome, reason, Codes.BackupTooOld);
}
