using System.Globalization;

namespace Deployment.Toolkit.Notifications;

/// <summary>A notice as people read it, whoever shows it.</summary>
internal static class NoticeText
{
    internal static string Title(DeploymentNotice notice) =>
        notice.Kind switch
        {
            NoticeKind.Deployed or NoticeKind.Upgraded => $"{notice.App}: {notice.Release} is live in {notice.Environment}",
            NoticeKind.RolledBack => $"{notice.App}: {notice.Environment} is back at {notice.Release}",
            NoticeKind.Done => $"{notice.App}: a run in {notice.Environment} succeeded",
            NoticeKind.Failed => $"{notice.App}: {notice.Release} failed in {notice.Environment}",
            NoticeKind.NeedsAttention => $"{notice.App}: {notice.Environment} needs attention",
            _ => $"{notice.App}: notices from {notice.Environment} arrive",
        };

    internal static bool IsGood(DeploymentNotice notice) => notice.Kind is not (NoticeKind.Failed or NoticeKind.NeedsAttention);

    internal static IEnumerable<(string Name, string Value)> Facts(DeploymentNotice notice)
    {
        yield return ("Environment", notice.Environment);
        yield return ("Release", notice.Release.ToString());
        if (notice.PreviousRelease is { } previous)
            yield return ("Before", previous.ToString());
        if (notice.Run is { } run)
        {
            yield return ("Run", run);
            yield return ("Took", string.Create(CultureInfo.InvariantCulture, $"{notice.Duration.TotalSeconds:0.#} s"));
        }

        if (notice.By is { } by)
            yield return ("By", by);
        if (notice.Run is { } id)
            yield return ("See", $"deploy history {id} --environment {notice.Environment}");
    }

    /// <summary>What the run said, and the last that the step wrote.</summary>
    internal static string Details(DeploymentNotice notice) =>
        string.Join('\n', notice.Output.Count == 0 ? notice.Messages : [.. notice.Messages, "", .. notice.Output]);
}
