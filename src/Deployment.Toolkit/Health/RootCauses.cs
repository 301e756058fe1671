namespace Deployment.Toolkit.Health;

/// <summary>For which failing checks another one fails: the last ones down its dependencies.</summary>
internal static class RootCauses
{
    internal static IReadOnlyList<string> Of(string check, Func<string, IEnumerable<string>> dependencies, Func<string, bool> isFailing)
    {
        if (!isFailing(check))
            return [];

        var causes = new List<string>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { check };
        var next = new Queue<string>();
        next.Enqueue(check);
        while (next.TryDequeue(out var one))
        {
            var failing = dependencies(one).Where(isFailing).ToList();
            if (failing.Count == 0 && one != check)
                causes.Add(one);
            foreach (var other in failing.Where(seen.Add))
                next.Enqueue(other);
        }

        causes.Sort(StringComparer.Ordinal);
        return causes;
    }
}
