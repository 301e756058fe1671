using System.Globalization;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>
/// Bounds a report: a section that holds something else entirely, a file of another app with a hundred thousand keys, gives one that can
/// be read.
/// </summary>
internal static class FaultLimit
{
    internal const int MostOfOneCode = 100;

    /// <summary>One message for each code of which there was more.</summary>
    internal static IEnumerable<DeploymentMessage> Omitted(IReadOnlyDictionary<string, int> counts) =>
        counts
            .Where(static pair => pair.Value > MostOfOneCode)
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => More(pair.Key, pair.Value - MostOfOneCode));

    /// <summary>The first of each code, and how many more there are.</summary>
    internal static List<DeploymentMessage> Bound(IEnumerable<DeploymentMessage> messages)
    {
        var counts = new Dictionary<(string, MessageSeverity), int>();
        var kept = new List<DeploymentMessage>();
        foreach (var message in messages)
        {
            var count = counts[(message.Code, message.Severity)] = counts.GetValueOrDefault((message.Code, message.Severity)) + 1;
            if (count <= MostOfOneCode || message.Key is null)
                kept.Add(message);
        }

        foreach (var ((code, severity), count) in counts)
        {
            if (count > MostOfOneCode)
                kept.Add(More(code, count - MostOfOneCode) with { Severity = severity });
        }

        return kept;
    }

    private static DeploymentMessage More(string code, int count) =>
        new(
            code,
            string.Create(CultureInfo.InvariantCulture, $"{count} more faults of this kind are not listed. Mend those first that are."),
            MessageSeverity.Error
        );
}
