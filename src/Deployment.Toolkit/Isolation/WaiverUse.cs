using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Isolation;

/// <summary>Lets pass what somebody answers for, and says which waivers do nothing.</summary>
internal sealed class WaiverUse(DeclaredIsolation declared, TimeProvider time)
{
    private const int MostDays = 90;

    internal (
        IReadOnlyList<IsolationFinding> Findings,
        IReadOnlyList<IsolationWaiver> Waivers,
        IReadOnlyList<DeploymentMessage> Warnings
    ) Of(IReadOnlyList<IsolationFinding> findings)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var warnings = new List<DeploymentMessage>();
        var waivers = new List<IsolationWaiver>();
        var left = findings.ToList();
        foreach (var waiver in declared.Waivers)
        {
            var matching = left.FindAll(finding =>
                finding.State == IsolationState.Open && finding.Rule == waiver.Rule && Is(finding, waiver)
            );
            var (isOver, isEarly) = (waiver.Until < today, waiver.Until > today.AddDays(MostDays));
            waivers.Add(
                new IsolationWaiver
                {
                    Rule = waiver.Rule,
                    Subject = waiver.Subject,
                    By = waiver.By,
                    Reason = waiver.Reason,
                    Until = waiver.Until,
                    IsOver = isOver,
                    Matches = matching.Count > 0,
                }
            );
            var why =
                isOver ? $"was over on {Day(waiver.Until)}, and counts no more"
                : isEarly ? $"ends on {Day(waiver.Until)}, more than {MostDays} days ahead, and does not count yet"
                : matching.Count == 0 ? "waives nothing that is found"
                : null;
            if (why is not null)
            {
                warnings.Add(
                    new DeploymentMessage(
                        Codes.IsolationWaiverIdle,
                        $"The waiver of {waiver.Rule} for {waiver.Subject}, which {waiver.By} answers for, {why}. Take it out of AddIsolation, or mend what "
                            + "it was for: 'deploy isolation' shows both.",
                        MessageSeverity.Warning
                    )
                );
                if (isOver || isEarly)
                    continue;
            }

            foreach (var finding in matching)
                left[left.IndexOf(finding)] = finding with
                {
                    State = IsolationState.Waived,
                    Because = $"{waiver.Reason} ({waiver.By}, until {Day(waiver.Until)})",
                };
        }

        return (left, waivers, warnings);
    }

    private static bool Is(IsolationFinding finding, DeclaredWaiver waiver) =>
        finding.Subject.Equals(waiver.Subject, StringComparison.OrdinalIgnoreCase);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
