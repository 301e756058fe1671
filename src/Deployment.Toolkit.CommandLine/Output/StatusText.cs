namespace Deployment.Toolkit.CommandLine.Output;

internal static class StatusText
{
    internal static void Write(Page page, IReadOnlyList<EnvironmentStatus> environments)
    {
        var rows = new List<Shown[]>(environments.Count + 1) { (Shown[])["ENVIRONMENT", "RELEASE", "VERIFIED", "LAST RUN", ""] };
        foreach (var status in environments)
        {
            rows.Add([
                status.Name,
                status.Fault is null ? status.Release?.ToString() ?? page.Dash : page.Ink.Bad("unknown"),
                status.VerifiedAt is { } since ? Format.Minute(since) : page.Dash,
                status.LastRun is { } last ? $"{Format.Words(last.Kind)} {RunText.State(page.Ink, last)}" : page.Dash,
                page.Ink.Faint(Notes(status)),
            ]);
        }

        page.Rows(rows, "");
        foreach (var status in environments)
            Details(page, status);
    }

    private static string Notes(EnvironmentStatus status) =>
        (status.PromotedFrom is { } source ? $"from {source}" : "")
        + (status.PromotedFrom is not null && status.IsProtected ? ", " : "")
        + (status.IsProtected ? "protected" : "");

    private static string Standing(DeploymentRun open) =>
        open.IsUnderWay
            ? $"is under way{(open.IsGoingBack ? " and is going back" : "")}"
            : $"is not finished{(open.IsGoingBack ? " and was going back" : "")}";

    private static void Details(Page page, EnvironmentStatus status)
    {
        if (status.OpenRun is { } open)
        {
            page.Line();
            page.Line(
                page.Ink.Warn($"{status.Name}: run {open.Id} ({Format.Words(open.Kind)} of release {open.Release}) {Standing(open)}.")
            );
            if (open.ClaimedOperator is not null)
                page.Line($"  Begun by {open.StartedBy}.");
            RunText.Steps(page, open);
            page.Line();
            page.Line(
                open.IsUnderWay
                    ? $"  The lock is held by {status.LockedBy}."
                    : $"  Go on with 'deploy resume --environment {status.Name}', or go back with 'deploy abort --environment "
                        + $"{status.Name}'."
            );
            foreach (var message in open.Messages)
                page.Line($"  {message.Text} [{message.Code}]");
        }

        if (status.Secrets.Count > 0)
            page.Line();
        foreach (var secret in status.Secrets)
            page.Line(page.Ink.Warn($"{status.Name}: {secret.Text}"));
        if (status.Holds.Count == 0)
            return;

        page.Line();
        foreach (var hold in status.Holds)
            page.Line($"{status.Name}: release {hold.Release} is on hold since {Format.Minute(hold.Since)}: {hold.Reason}");
        page.Line($"  Release it with 'deploy unhold --environment {status.Name} --reason \"…\"'.");
    }
}
