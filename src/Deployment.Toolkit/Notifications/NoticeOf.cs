using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Notifications;

/// <summary>Makes of a run that ended what is told of it. Nothing leaves here that was not masked.</summary>
internal sealed class NoticeOf(string app, Func<string, string> redact)
{
    // A receiver takes less; this is what waits on the disk for it.
    private const int MostMessages = 50;
    private const int LongestMessage = 8 * 1024;
    private const int MostOutput = 128 * 1024;

    /// <summary>The same run at the same end has the same id, in whichever process it is made.</summary>
    internal static string IdOf(RunLog run) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{run.Plan.Environment}\n{run.Id}\n{run.LastRecordAt.UtcTicks}\n{run.State}"
                    )
                )
            )
        )[..32];

    internal DeploymentNotice Make(RunLog run)
    {
        var failed = run.Steps.LastOrDefault(static step =>
            step.State is StepState.Failed or StepState.RevertFailed or StepState.InDoubt or StepState.RevertInDoubt
            || step.Errors.Count > 0
        );
        var notice = new DeploymentNotice
        {
            Id = IdOf(run),
            Kind = KindOf(run),
            At = run.LastRecordAt,
            App = redact(app),
            Environment = run.Plan.Environment,
            Release = run.Plan.Release,
            PreviousRelease = run.Plan.PreviousRelease,
            Run = run.Id,
            By = redact(run.StartedBy),
            Duration = run.LastRecordAt - run.StartedAt,
            Outcome = redact(OutcomeOf(run)),
            Messages =
            [
                .. run.ToRun()
                    .Messages.Take(MostMessages)
                    .Select(message => ShortenedText.Middle(redact($"{message.Text} [{message.Code}]"), LongestMessage)),
            ],
            Output = run.State == RunState.Succeeded || failed is null ? [] : Bounded([.. failed.Output.Select(redact)]),
        };
        return notice;
    }

    private static IReadOnlyList<string> Bounded(IReadOnlyList<string> lines) =>
        lines.Sum(static line => (long)line.Length + 1) <= MostOutput
            ? lines
            : ShortenedText.Middle(string.Join('\n', lines), MostOutput).Split('\n');

    private static NoticeKind KindOf(RunLog run) =>
        (run.State, run.Plan.Kind, run.Plan.MigrationsOnly) switch
        {
            (RunState.NeedsAttention, _, _) => NoticeKind.NeedsAttention,
            (not RunState.Succeeded, _, _) => NoticeKind.Failed,
            (_, RunKind.Up, not true) => run.Plan.PreviousRelease is null ? NoticeKind.Deployed : NoticeKind.Upgraded,
            (_, RunKind.Rollback, not true) => NoticeKind.RolledBack,
            _ => NoticeKind.Done,
        };

    private static string OutcomeOf(RunLog run)
    {
        var (plan, what) = (run.Plan, What(run.Plan));
        var took = string.Create(CultureInfo.InvariantCulture, $"{(run.LastRecordAt - run.StartedAt).TotalSeconds:0.#} s");
        return run.State switch
        {
            RunState.Succeeded => $"Succeeded in {took}: {what} in {plan.Environment}.",
            RunState.RolledBack => $"Rolled back after {took}: {what} in {plan.Environment}; what it had changed was taken back.",
            RunState.Failed => $"Failed after {took}: {what} in {plan.Environment}; nothing was changed.",
            _ =>
                $"Stopped after {took}: {what} in {plan.Environment}; a person must look. Run 'deploy status --environment {plan.Environment}'.",
        };
    }

    private static string What(DeploymentPlan plan) =>
        plan.Kind switch
        {
            _ when plan.MigrationsOnly == true => "migrations without a release",
            RunKind.Up => $"release {plan.Release}",
            RunKind.Rollback => $"back to release {plan.Release}",
            RunKind.Restore => "a restored backup",
            RunKind.Renew => $"a new secret '{plan.Secret}'",
            _ => $"the end of the old secret '{plan.Secret}'",
        };
}
