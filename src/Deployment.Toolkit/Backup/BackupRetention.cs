using System.Globalization;

namespace Deployment.Toolkit.Backup;

/// <summary>A release that only a backup leads back to.</summary>
internal sealed record NeededSchema(Release Release, IReadOnlyList<string> Schema);

/// <summary>Decides which backups are kept.</summary>
/// <param name="newestFirst">The backups, as a rollback puts them in order.</param>
/// <param name="keep">How many are kept.</param>
/// <param name="keepFor">For how long each is kept.</param>
/// <param name="now">The clock's time.</param>
internal sealed class BackupRetention(IReadOnlyList<BackupInfo> newestFirst, int keep, TimeSpan? keepFor, DateTimeOffset now)
{
    private readonly Dictionary<string, List<string>> _needs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private readonly HashSet<string> _readable = new(StringComparer.Ordinal);

    /// <summary>Whether the rules would let any of them go: else nobody has to find out what needs them.</summary>
    internal bool LetsAnyGo => newestFirst.Skip(1).Where((backup, index) => RuleFor(backup, index + 1) is null).Any();

    /// <summary>
    /// Finds out what is needed. Where none of several can be read now, the newest of them stays: perhaps it can again tomorrow.
    /// </summary>
    /// <param name="restored">The backup that the environment has its database from.</param>
    /// <param name="targets">The releases that only a backup leads back to.</param>
    /// <param name="canBeRead">Whether a backup can be restored as it is.</param>
    internal async Task FindNeedsAsync(string? restored, IEnumerable<NeededSchema> targets, Func<BackupInfo, Task<bool>> canBeRead)
    {
        if (await NewestAsync(newestFirst).ConfigureAwait(false) is { } whole)
            Need(whole, "the newest that can be read");
        if (newestFirst.FirstOrDefault(backup => backup.Name == restored) is { } origin)
            Need(origin, "the database was restored from it");
        foreach (var target in targets)
        {
            var holding = newestFirst.Where(backup => backup.Holds(target.Schema)).ToList();
            if (await NewestAsync(holding).ConfigureAwait(false) is { } way)
                Need(way, $"a rollback to {target.Release} needs it");
        }

        async Task<BackupInfo?> NewestAsync(IReadOnlyList<BackupInfo> candidates)
        {
            foreach (var candidate in candidates)
            {
                if (await IsReadableAsync(candidate).ConfigureAwait(false))
                    return candidate;
            }

            return candidates.Count > 0 ? candidates[0] : null;
        }

        async Task<bool> IsReadableAsync(BackupInfo backup)
        {
            if (_readable.Contains(backup.Name))
                return true;
            if (_unreadable.Contains(backup.Name))
                return false;

            var can = await canBeRead(backup).ConfigureAwait(false);
            (can ? _readable : _unreadable).Add(backup.Name);
            return can;
        }
    }

    internal IReadOnlyList<BackupDecision> Decide() =>
        [
            .. newestFirst.Select(
                (backup, index) =>
                {
                    var kept =
                        index == 0 ? "the newest"
                        : _needs.TryGetValue(backup.Name, out var needs) ? string.Join("; ", needs)
                        : RuleFor(backup, index);
                    var reason = (kept ?? Let) + (_unreadable.Contains(backup.Name) ? "; it cannot be read" : "");
                    return new BackupDecision
                    {
                        Name = backup.Name,
                        File = backup.File,
                        TakenAt = backup.TakenAt,
                        Size = backup.Size,
                        Release = backup.Release,
                        IsRemoved = kept is null,
                        Reason = reason,
                    };
                }
            ),
        ];

    private string Newest => keep == 1 ? "the newest" : string.Create(CultureInfo.InvariantCulture, $"the {keep} newest");

    private string Let => $"nothing needs it, and it is none of {Newest}{(keepFor is { } least ? $" and older than {Words(least)}" : "")}";

    private string? RuleFor(BackupInfo backup, int index) =>
        index < keep ? $"one of {Newest}"
        : keepFor is { } least && now - backup.TakenAt < least ? $"younger than {Words(least)}"
        : null;

    private static string Words(TimeSpan time) =>
        time switch
        {
            { TotalDays: >= 1 } when time.Ticks % TimeSpan.TicksPerDay == 0 => Count(time.TotalDays, "day"),
            { TotalHours: >= 1 } when time.Ticks % TimeSpan.TicksPerHour == 0 => Count(time.TotalHours, "hour"),
            _ => time.ToString("c", CultureInfo.InvariantCulture),
        };

    private static string Count(double number, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:0} {one}{(number is 1 ? "" : "s")}");

    private void Need(BackupInfo backup, string why)
    {
        if (!_needs.TryGetValue(backup.Name, out var needs))
            _needs[backup.Name] = needs = [];
        needs.Add(why);
    }
}
