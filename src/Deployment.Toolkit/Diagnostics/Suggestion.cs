namespace Deployment.Toolkit.Diagnostics;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>The nearest candidate when it is near enough to be a slip: about one edit in three characters.</summary>
    internal static string? For(string text, IEnumerable<string> candidates)
    {
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(text.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }

        return best is not null && bestDistance <= Math.Max(1, Math.Max(text.Length, best.Length) / 3) ? best : null;
    }

    /// <summary>" Did you mean 'x'?", or nothing.</summary>
    internal static string Sentence(string text, IEnumerable<string> candidates) =>
        For(text, candidates) is { } near ? $" Did you mean '{near}'?" : "";

    // Optimal string alignment: a swap of neighbours is the commonest slip and counts once.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var value = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    value = Math.Min(value, rows[i - 2, j - 2] + 1);
                rows[i, j] = value;
            }
        }

        return rows[a.Length, b.Length];
    }
}
