using Deployment.Toolkit.Backup;

namespace Deployment.Toolkit.Tests.Backup;

/// <summary>What is kept and why, by the rules alone: names are ages in days, newest first, with the schema that each holds.</summary>
public sealed class BackupRetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", 1, null, "", "", "", "")]
    [InlineData("1:a 2:a 3:a", 2, null, "", "", "", "1 the newest|2 one of the 2 newest|-3 nothing needs it, and it is none of the 2 newest")]
    [InlineData("1:a 2:a 3:a", 1, null, "", "", "", "1 the newest|-2 nothing needs it, and it is none of the newest|-3 nothing needs it, and it is none of the newest")]
    [InlineData("1:a 2:a 3:a", 9, null, "", "", "", "1 the newest|2 one of the 9 newest|3 one of the 9 newest")]
    // Age and number each keep: what is young stays however many there are, and the newest stay however old they are.
    [InlineData("1:a 2:a 3:a 4:a", 1, 3, "", "", "", "1 the newest|2 younger than 3 days|-3 nothing needs it, and it is none of the newest and older than 3 days|-4 nothing needs it, and it is none of the newest and older than 3 days")]
    [InlineData("50:a 60:a 70:a", 2, 1, "", "", "", "50 the newest|60 one of the 2 newest|-70 nothing needs it, and it is none of the 2 newest and older than 1 day")]
    // A clock that was ahead when it was taken makes it young, never old.
    [InlineData("1:a -9:a 8:a", 1, 3, "", "", "", "1 the newest|-9 younger than 3 days|-8 nothing needs it, and it is none of the newest and older than 3 days")]
    // A rollback takes the newest with the schema; those behind it are not needed for that.
    [InlineData("1:ab 2:ab 3:a 4:a", 1, null, "", "a", "", "1 the newest|-2 nothing needs it, and it is none of the newest|3 a rollback to 1.0.0 needs it|-4 nothing needs it, and it is none of the newest")]
    [InlineData("1:abc 2:ab 3:a", 1, null, "", "ab a", "", "1 the newest|2 a rollback to 1.0.0 needs it|3 a rollback to 1.1.0 needs it")]
    [InlineData("1:abc 2:ab", 1, null, "", "ab ab", "", "1 the newest|2 a rollback to 1.0.0 needs it; a rollback to 1.1.0 needs it")]
    // The same migrations in another order are another schema, as the planner has it.
    [InlineData("1:x 2:ba", 1, null, "", "ab", "", "1 the newest|-2 nothing needs it, and it is none of the newest")]
    // What cannot be read is passed over, and goes when something else can be.
    [InlineData("1:b 2:a 3:a 4:a", 1, null, "", "a", "2", "1 the newest|-2 nothing needs it, and it is none of the newest; it cannot be read|3 a rollback to 1.0.0 needs it|-4 nothing needs it, and it is none of the newest")]
    [InlineData("1:b 2:a 3:a", 1, null, "", "a", "2 3", "1 the newest|2 a rollback to 1.0.0 needs it; it cannot be read|-3 nothing needs it, and it is none of the newest; it cannot be read")]
    [InlineData("1:a 2:a 3:a", 1, null, "", "", "1", "1 the newest; it cannot be read|2 the newest that can be read|-3 nothing needs it, and it is none of the newest")]
    [InlineData("1:a 2:a", 1, null, "", "", "1 2", "1 the newest; it cannot be read|-2 nothing needs it, and it is none of the newest; it cannot be read")]
    [InlineData("1:a 2:a 3:a", 1, null, "3", "", "", "1 the newest|-2 nothing needs it, and it is none of the newest|3 the database was restored from it")]
    [InlineData("1:a 2:a", 1, null, "gone", "", "", "1 the newest|-2 nothing needs it, and it is none of the newest")]
    public async Task Each_is_kept_or_let_go_for_a_reason(string given, int keep, int? days, string restored, string targets, string unreadable, string expected)
    {
        var backups = given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static text => Of(text.Split(':')[0], text.Split(':')[1])).ToList();
        var retention = new BackupRetention(backups, keep, days is { } some ? TimeSpan.FromDays(some) : null, Now);
        var needed = targets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static (schema, index) => new NeededSchema(Release.Parse($"1.{index}.0"), Schema(schema)));

        await retention.FindNeedsAsync(restored, needed, backup => Task.FromResult(!unreadable.Split(' ').Contains(backup.Name)));

        Assert.Equal(expected, string.Join('|', retention.Decide().Select(static decision => $"{(decision.IsRemoved ? "-" : "")}{decision.Name} {decision.Reason}")));
    }

    [Theory]
    [InlineData("1:a 2:a", 2, null, false)]
    [InlineData("1:a 2:a", 1, 3, false)]
    [InlineData("1:a 2:a", 1, 2, true)]
    [InlineData("1:a 2:a", 1, null, true)]
    [InlineData("1:a", 1, null, false)]
    [InlineData("", 1, null, false)]
    public void Only_where_a_rule_lets_one_go_has_it_to_be_known_what_is_needed(string given, int keep, int? days, bool expected) => Assert.Equal(
        expected,
        new BackupRetention([.. given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static text => Of(text.Split(':')[0], "a"))], keep, days is { } some ? TimeSpan.FromDays(some) : null, Now).LetsAnyGo);

    private static IReadOnlyList<string> Schema(string letters) => [.. letters.Select(static letter => letter.ToString())];

    private static BackupInfo Of(string days, string schema) => new()
    {
        Name = days,
        TakenAt = Now - TimeSpan.FromDays(int.Parse(days, System.Globalization.CultureInfo.InvariantCulture)),
        DurationSeconds = 0,
        Size = 1,
        Sha256 = "",
        Schema = Schema(schema),
    };
}
