using System.Globalization;
using CsCheck;
using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit.Tests.Environments;

public sealed class DeploymentWindowTests
{
    private static readonly string[] s_zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"];

    [Theory]
    // The hour that the clocks leave out in spring: what would open in it opens when they show a time again.
    [InlineData("Europe/Berlin", "02:30", "03:30", "2026-03-28T23:00Z", "2026-03-29T01:00Z")]
    [InlineData("America/New_York", "02:30", "03:30", "2026-03-08T04:00Z", "2026-03-08T07:00Z")]
    // The hour that they show twice in autumn is open both times, and opens at the first.
    [InlineData("Europe/Berlin", "02:30", "03:30", "2026-10-24T22:00Z", "2026-10-25T00:30Z")]
    [InlineData("America/New_York", "01:30", "02:30", "2026-11-01T04:00Z", "2026-11-01T05:30Z")]
    // Clocks that go on by half an hour.
    [InlineData("Australia/Lord_Howe", "02:15", "03:00", "2026-10-03T13:00Z", "2026-10-03T15:30Z")]
    // None at all.
    [InlineData("Asia/Kolkata", "09:00", "10:00", "2026-03-29T00:00Z", "2026-03-29T03:30Z")]
    public void It_opens_by_the_clocks_of_its_place(string zone, string from, string until, string now, string opens)
    {
        var window = Daily(zone, from, until);

        Assert.NotNull(window.WhyClosed(At(now)));
        Assert.Equal(At(opens), window.NextOpening(At(now)));
    }

    [Fact]
    public void The_hour_that_clocks_show_twice_is_open_both_times()
    {
        var window = Daily("Europe/Berlin", "02:30", "03:00");

        Assert.Null(window.WhyClosed(At("2026-10-25T00:45Z")));
        Assert.NotNull(window.WhyClosed(At("2026-10-25T01:15Z")));
        Assert.Null(window.WhyClosed(At("2026-10-25T01:45Z")));
    }

    [Fact]
    public void One_that_ends_before_it_begins_goes_on_into_the_day_after()
    {
        var window = Of("Europe/Berlin", new OpenTime(DayOfWeek.Friday, DayOfWeek.Friday, new TimeOnly(22, 0), new TimeOnly(2, 0)));

        Assert.Null(window.WhyClosed(At("2026-11-27T21:30Z")));
        Assert.Null(window.WhyClosed(At("2026-11-28T00:30Z")));
        Assert.NotNull(window.WhyClosed(At("2026-11-28T01:30Z")));
        Assert.NotNull(window.WhyClosed(At("2026-11-28T21:30Z")));
    }

    [Fact]
    public void Days_may_run_over_the_end_of_the_week()
    {
        var window = Of("Europe/Berlin", new OpenTime(DayOfWeek.Saturday, DayOfWeek.Monday, new TimeOnly(8, 0), new TimeOnly(9, 0)));

        Assert.Equal([true, true, true, false], ((string[])["2026-11-28T07:30Z", "2026-11-29T07:30Z", "2026-11-30T07:30Z", "2026-12-01T07:30Z"]).Select(at => window.WhyClosed(At(at)) is null));
    }

    [Fact]
    public void Frozen_days_win_and_it_opens_behind_them()
    {
        var window = Daily("Europe/Berlin", "09:00", "16:00") with { Frozen = [new FrozenDays(new DateOnly(2026, 12, 18), new DateOnly(2027, 1, 3), "year's end")] };

        Assert.Equal("it is frozen from 2026-12-18 to 2027-01-03: year's end", window.WhyClosed(At("2026-12-18T10:00Z")));
        Assert.Equal(At("2027-01-04T08:00Z"), window.NextOpening(At("2026-12-18T10:00Z")));
        Assert.Null((window with { Open = [] }).WhyClosed(At("2026-12-17T22:30Z")));
        Assert.NotNull((window with { Open = [] }).WhyClosed(At("2026-12-17T23:30Z")));
    }

    [Fact]
    public void In_the_middle_of_an_open_time_it_opens_when_a_frozen_day_ends()
    {
        var window = Of("Europe/Berlin", new OpenTime(DayOfWeek.Friday, DayOfWeek.Friday, new TimeOnly(22, 0), new TimeOnly(4, 0))) with { Frozen = [new FrozenDays(new DateOnly(2026, 11, 27), new DateOnly(2026, 11, 27), "the fair")] };

        Assert.Equal(At("2026-11-27T23:00Z"), window.NextOpening(At("2026-11-27T22:00Z")));
    }

    [Fact]
    public void An_environment_that_is_declared_twice_with_other_rules_is_a_fault()
    {
        var graph = new EnvironmentGraph();
        graph.Declare(new DeploymentEnvironment("Production"), new EnvironmentRules { Soak = TimeSpan.FromDays(7) });
        graph.Declare(new DeploymentEnvironment("Production"), new EnvironmentRules { Soak = TimeSpan.FromDays(7) });
        Assert.Single(graph.All);

        graph.Declare(new DeploymentEnvironment("Production"), EnvironmentRules.None);
        Assert.Contains(graph.Validate(), static fault => fault.Text.Contains("declared 2 times", StringComparison.Ordinal));
    }

    [Fact]
    public void What_it_names_as_its_next_opening_is_open_and_nothing_before_it_is()
    {
        var random = Gen.Select(Gen.OneOf(s_zones.Select(Gen.Const).ToArray()), Gen.Int[0, 6], Gen.Int[0, 6], Gen.Int[0, 95], Gen.Int[0, 95], Gen.Int[0, 365 * 96 * 2]);
        random.Sample(static (zone, first, last, from, until, at) =>
        {
            var window = Of(zone, new OpenTime((DayOfWeek)first, (DayOfWeek)last, new TimeOnly(from / 4, from % 4 * 15), new TimeOnly(until / 4, until % 4 * 15)));
            var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(at * 15);
            if (window.WhyClosed(now) is null) return;

            var opens = Assert.NotNull(window.NextOpening(now));
            Assert.Null(window.WhyClosed(opens));
            for (var before = now; before < opens; before = before.AddMinutes(15)) Assert.NotNull(window.WhyClosed(before));
        }, iter: FullRun.Times(2_000, full: 20_000));
    }

    private static DeploymentWindow Daily(string zone, string from, string until) =>
        Of(zone, new OpenTime(DayOfWeek.Sunday, DayOfWeek.Saturday, TimeOnly.Parse(from, CultureInfo.InvariantCulture), TimeOnly.Parse(until, CultureInfo.InvariantCulture)));

    private static DeploymentWindow Of(string zone, params OpenTime[] open) => new(TimeZoneInfo.FindSystemTimeZoneById(zone), open, []);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
