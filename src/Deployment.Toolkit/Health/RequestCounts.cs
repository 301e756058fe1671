using System.Globalization;

namespace Deployment.Toolkit.Health;

/// <summary>
/// How many requests an app has answered since it was started, and how many of them with 5xx, as its metrics tell in the text format of
/// Prometheus. What is read is foreign: each line is looked at once, and one that is none is passed over.
/// </summary>
/// <param name="Answered">All of them.</param>
/// <param name="Failed">Those with a status of 500 and above.</param>
internal sealed record RequestCounts(double Answered, double Failed)
{
    // The counter, and the label that has the status: of .NET's own meter as OpenTelemetry exports it, and of prometheus-net.
    private static readonly (string Name, string Status)[] s_known =
    [
        ("http_server_request_duration_seconds_count", "http_response_status_code"),
        ("http_requests_received_total", "code"),
    ];

    /// <summary>The counters that are known, for people.</summary>
    internal static string Names => string.Join(" nor ", s_known.Select(static known => known.Name));

    /// <returns><see langword="null"/> when the text has none of the counters.</returns>
    internal static RequestCounts? Read(string text) =>
        s_known.Select(known => Sum(text, known.Name, known.Status)).FirstOrDefault(static counts => counts is not null);

    private static RequestCounts? Sum(string text, string name, string label)
    {
        var (answered, failed, isThere) = (0.0, 0.0, false);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(name, StringComparison.Ordinal) || Value(line[name.Length..], label, out var status) is not { } value)
                continue;
            isThere = true;
            answered += value;
            failed += status.Length == 3 && status[0] == '5' ? value : 0;
        }

        return isThere ? new RequestCounts(answered, failed) : null;
    }

    // {label="value",…} 17, perhaps with a time behind it. In a value a backslash stands before a quote, a backslash or an n.
    private static double? Value(ReadOnlySpan<char> rest, string label, out ReadOnlySpan<char> status)
    {
        status = default;
        if (rest.IsEmpty || rest[0] != '{')
            return null;

        rest = rest[1..];
        while (!rest.IsEmpty && rest[0] != '}')
        {
            var equals = rest.IndexOf('=');
            if (equals < 0 || equals + 1 >= rest.Length || rest[equals + 1] != '"')
                return null;
            var end = equals + 2;
            while (end < rest.Length && rest[end] != '"')
                end += rest[end] == '\\' ? 2 : 1;
            if (end >= rest.Length)
                return null;
            if (rest[..equals].Trim(" ,").SequenceEqual(label))
                status = rest[(equals + 2)..end];
            rest = rest[(end + 1)..].TrimStart(" ,");
        }

        if (rest.IsEmpty)
            return null;
        var words = rest[1..].Trim();
        var space = words.IndexOf(' ');
        return
            double.TryParse(space < 0 ? words : words[..space], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            && value >= 0
            ? value
            : null;
    }
}
