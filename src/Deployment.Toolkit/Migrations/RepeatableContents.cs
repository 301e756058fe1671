using System.Globalization;

namespace Deployment.Toolkit.Migrations;

/// <summary>Puts what migrations and repeatable scripts noted of the tables in the order in which they ran.</summary>
internal static class RepeatableContents
{
    /// <param name="applied">Migrations, in their order.</param>
    /// <param name="repeatables">What repeatable scripts have left.</param>
    /// <param name="since">Of those, which count.</param>
    /// <returns>What each noted; <see langword="null"/> where one noted nothing.</returns>
    internal static IEnumerable<NotedContents?> Merged(
        IEnumerable<AppliedMigration> applied,
        AppliedRepeatables repeatables,
        DateTimeOffset since
    )
    {
        var from = since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        var waiting = new Queue<AppliedRepeatable>(
            repeatables.Rows.Where(row => string.CompareOrdinal(row.AppliedAt, from) >= 0 && !row.IsBegun)
        );
        NotedContents? last = null;
        foreach (var row in applied)
        {
            while (waiting.TryPeek(out var next) && string.CompareOrdinal(next.AppliedAt, row.AppliedAt) < 0)
                yield return last = Of(waiting.Dequeue(), last);
            yield return last = row.Contents;
        }

        while (waiting.TryDequeue(out var next))
            yield return last = Of(next, last);
    }

    private static NotedContents? Of(AppliedRepeatable row, NotedContents? earlier) =>
        row.Contents is (var before, var changes) ? new NotedContents(earlier, before, changes) : null;
}
