using System.Diagnostics;
using Deployment.Toolkit.Figures;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Figures;

/// <summary>
/// Figures over histories that are written down, next to figures that were worked out by hand. Every run is live 10 minutes after it began, turns after
/// 15, and ends after 20.
/// </summary>
public sealed class FiguresTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_has_no_shares_and_no_times()
    {
        var figures = await new WrittenHistory().CountAsync(0, 168);
        Assert.Equal((0, 0, 0, 0), (figures.Attempts, figures.Deployments, figures.FailedChanges, figures.Rollbacks));
        Assert.Null(figures.SuccessPercent);
        Assert.Null(figures.ChangeFailurePercent);
        Assert.Null(figures.Recovery);
        Assert.Null(figures.ReworkPercent);
        Assert.Null(figures.RollbackDuration);
        Assert.Equal(0d, figures.DeploymentsPerWeek);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(167, null)]
    [InlineData(168, 5d)]
    public async Task What_was_measured_for_less_than_a_week_is_no_rate(double hours, double? perWeek)
    {
        var history = new WrittenHistory();
        foreach (var i in Enumerable.Range(0, 5)) history.Up(i / 10d, $"1.{i}.0+aaaaaaa{i}");
        var figures = await history.CountAsync(0, hours);
        Assert.Equal((5, perWeek), (figures.Deployments, figures.DeploymentsPerWeek));
        Near(20, figures.MedianDuration);
    }

    [Fact]
    public async Task Releases_that_just_go_well_are_counted_by_the_week()
    {
        var history = new WrittenHistory();
        foreach (var i in Enumerable.Range(0, 6)) history.Up(i * 24, $"1.{i}.0+aaaaaaa{i}");
        var figures = await history.CountAsync(0, 14 * 24);
        Assert.Equal((6, 6, 0), (figures.Attempts, figures.Deployments, figures.FailedChanges));
        Assert.Equal(3, figures.DeploymentsPerWeek!.Value, 9);
        Assert.Equal((100d, 0d, 0d), (figures.SuccessPercent, figures.ChangeFailurePercent, figures.ReworkPercent));
        Near(20, figures.MedianDuration);
    }

    [Fact]
    public async Task A_run_that_failed_before_it_activated_is_no_deployment()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(1, "1.1.0+aaaaaaa2", RunState.Failed, activates: false);
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((2, 1, 0), (figures.Attempts, figures.Deployments, figures.FailedChanges));
        Assert.Equal((50d, 0d), (figures.SuccessPercent, figures.ChangeFailurePercent));
        Assert.Null(figures.Recovery);
    }

    [Fact]
    public async Task A_run_that_went_back_by_itself_failed_and_recovered_at_its_end()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(24, "1.1.0+aaaaaaa2", RunState.RolledBack);
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((2, 2, 1, 0), (figures.Attempts, figures.Deployments, figures.FailedChanges, figures.NotRecovered));
        Assert.Equal(50d, figures.ChangeFailurePercent);
        Near(10, figures.Recovery);
        Near(5, figures.RecoveryAfterDetection);
    }

    [Fact]
    public async Task A_rollback_makes_the_release_before_it_a_failed_change()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(24, "1.1.0+aaaaaaa2");
        history.Rollback(26, "1.0.0+aaaaaaa1");
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((2, 1, 1), (figures.Deployments, figures.FailedChanges, figures.Rollbacks));
        Assert.Equal((50d, 100d), (figures.ChangeFailurePercent, figures.RollbackSuccessPercent));
        // Live at 24:10, the rollback began at 26:00 and ended at 26:20.
        Near(130, figures.Recovery);
        Near(130, figures.RecoveryOfNineInTen);
        Near(20, figures.RecoveryAfterDetection);
        Near(20, figures.RollbackDuration);
        // One rollback of two deployments and a rollback.
        Assert.Equal(100 / 3d, figures.ReworkPercent!.Value, 9);
    }

    [Fact]
    public async Task Bad_bad_good_is_one_outage_that_lasts_until_something_good()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(1, "1.1.0+aaaaaaa2");
        history.Up(3, "1.2.0+aaaaaaa3", reason: "1.1.0 loses carts");
        history.Up(5, "1.3.0+aaaaaaa4", reason: "neither 1.1.0 nor 1.2.0 can pay");
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((4, 2, 2), (figures.Deployments, figures.FailedChanges, figures.Unplanned));
        Assert.Equal((50d, 50d), (figures.ChangeFailurePercent, figures.ReworkPercent));
        // 1.1.0 from 1:10, 1.2.0 from 3:10, both until 5:20; noticed at 3:00 and 5:00.
        Near((250 + 130) / 2d, figures.Recovery);
        Near(250, figures.RecoveryOfNineInTen);
        Near((140 + 20) / 2d, figures.RecoveryAfterDetection);
    }

    [Fact]
    public async Task A_hotfix_blames_the_release_that_its_reason_names_and_no_other()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.4.0+aaaaaaa1");
        var named = history.Up(1, "1.4.0-rc.1+aaaaaaa2");
        history.Up(2, "11.4.0+aaaaaaa3");
        history.Up(3, "12.0.0+aaaaaaa4", reason: $"run {named} lost the menu.");
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((4, 1, 1), (figures.Deployments, figures.FailedChanges, figures.Unplanned));
        // Live at 1:10; 11.4.0 was good and verified at 2:20.
        Near(70, figures.Recovery);
    }

    [Fact]
    public async Task A_rollback_of_a_rollback_blames_both_releases()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(10, "1.1.0+aaaaaaa2");
        history.Up(20, "1.2.0+aaaaaaa3");
        history.Rollback(22, "1.1.0+aaaaaaa2");
        history.Rollback(30, "1.0.0+aaaaaaa1");
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((3, 2, 2, 2), (figures.Deployments, figures.FailedChanges, figures.Rollbacks, figures.Unplanned));
        // 1.2.0 was live at 20:10, and the 1.1.0 that took its place was no good either: both end at 30:20, 1.1.0 began at 10:10.
        Near((610 + 1210) / 2d, figures.Recovery);
        Near(1210, figures.RecoveryOfNineInTen);
        Assert.Equal(40d, figures.ReworkPercent);
    }

    [Fact]
    public async Task A_hold_within_seven_days_is_a_failed_change_and_one_later_is_not()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(24, "1.1.0+aaaaaaa2");
        history.Up(400, "1.2.0+aaaaaaa3");
        history.Hold(9 * 24, "1.0.0+aaaaaaa1").Hold(401, "1.2.0+aaaaaaa3");
        var figures = await history.CountAsync(0, 500);
        Assert.Equal((3, 1, 1), (figures.Deployments, figures.FailedChanges, figures.NotRecovered));
        Assert.Null(figures.Recovery);
    }

    [Fact]
    public async Task A_rollback_that_failed_noticed_the_fault_and_mended_nothing()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(24, "1.1.0+aaaaaaa2");
        history.Rollback(25, "1.0.0+aaaaaaa1", RunState.NeedsAttention);
        history.Up(27, "1.2.0+aaaaaaa3");
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((3, 1, 1), (figures.Deployments, figures.FailedChanges, figures.Rollbacks));
        Assert.Equal(0d, figures.RollbackSuccessPercent);
        Assert.Null(figures.RollbackDuration);
        // Live at 24:10, noticed at 25:00, 1.2.0 verified at 27:20.
        Near(190, figures.Recovery);
        Near(140, figures.RecoveryAfterDetection);
    }

    [Fact]
    public async Task The_same_commit_once_more_is_rework_and_migrations_alone_are_no_deployment()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(2, "1.0.1+aaaaaaa1");
        history.Up(4, "1.0.1+aaaaaaa1", migrationsOnly: true, reason: "1.0.0");
        history.Up(6, "1.1.0+aaaaaaa2", RunState.Unfinished);
        var figures = await history.CountAsync(0, 168);
        Assert.Equal((2, 2, 1, 0), (figures.Attempts, figures.Deployments, figures.Unplanned, figures.FailedChanges));
        Assert.Equal(50d, figures.ReworkPercent);
    }

    [Fact]
    public async Task A_window_counts_what_went_live_in_it_and_remembers_what_was_there_before()
    {
        var history = new WrittenHistory();
        history.Up(0, "1.0.0+aaaaaaa1");
        history.Up(99.9, "1.1.0+aaaaaaa2");
        history.Rollback(101, "1.0.0+aaaaaaa1");
        history.Up(120, "1.0.1+aaaaaaa1");
        var figures = await history.CountAsync(100, 268);
        // 1.1.0 began before the window and was live in it.
        Assert.Equal((1, 2, 1), (figures.Attempts, figures.Deployments, figures.FailedChanges));
        Assert.Equal(2, figures.DeploymentsPerWeek!.Value, 9);
        Near((101 + 1 / 3d - 99.9 - 1 / 6d) * 60, figures.Recovery);
        Assert.Equal(200 / 3d, figures.ReworkPercent!.Value, 9);
    }

    [Fact]
    public async Task Lead_time_is_that_of_every_commit_in_between_by_gits_own_dates()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-git-").FullName;
        try
        {
            Git(folder, null, "init", "-q");
            var first = Commit(folder, 0);
            Commit(folder, 10);
            Commit(folder, 30);
            var second = Commit(folder, 40);
            var history = new WrittenHistory();
            history.Up(20, $"1.0.0+{first}");
            history.Up(50, $"1.1.0+{second[..10]}");

            var commits = new CommitDates(folder, TimeProvider.System);
            var figures = await history.CountAsync(49, 100, commits);
            // Live at 50:10: 40:10, 20:10 and 10:10 hours after their commits.
            Assert.Equal((LeadTimeBasis.EveryCommit, 3), (figures.LeadTimeBasis, figures.LeadTimeCommits));
            Near((20 + 1 / 6d) * 60, figures.LeadTime);

            // Of the first release nothing is known that it came after.
            var all = await history.CountAsync(0, 100, commits);
            Assert.Equal((LeadTimeBasis.ReleaseCommit, 4), (all.LeadTimeBasis, all.LeadTimeCommits));
            Near((20 + 1 / 6d + 20 + 1 / 6d) / 2 * 60, all.LeadTime);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_no_commit_never_reaches_gits_command_line()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-git-").FullName;
        try
        {
            var history = new WrittenHistory();
            history.Up(0, $"1.0.0+--output={folder}/written");
            history.Up(1, "1.1.0+HEAD");
            var figures = await history.CountAsync(0, 10, new CommitDates(folder, TimeProvider.System));
            Assert.Equal((LeadTimeBasis.None, 0), (figures.LeadTimeBasis, figures.LeadTimeCommits));
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_real_journal_gives_the_figures_of_what_was_done()
    {
        using var app = new TestApp();
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("1.1.0")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);
        using var host = app.Build();
        var figures = await host.Services.GetRequiredService<DeploymentHistory>().GetFiguresAsync(cancellationToken: Token);
        Assert.Equal((2, 2, 1, 1), (figures.Attempts, figures.Deployments, figures.FailedChanges, figures.Rollbacks));
        Assert.Equal(0, figures.NotRecovered);
        Assert.InRange(figures.To - figures.From, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    // Moments are worked out in parts of hours.
    private static void Near(double minutes, TimeSpan? found) => Assert.Equal(minutes, Assert.NotNull(found).TotalMinutes, 3);

    private static string Commit(string folder, double hour)
    {
        var date = WrittenHistory.At(hour).ToString("yyyy-MM-dd'T'HH:mm:ssK", System.Globalization.CultureInfo.InvariantCulture);
        Git(folder, date, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "x");
        return Git(folder, null, "rev-parse", "HEAD").Trim();
    }

    private static string Git(string folder, string? date, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        if (date is not null) (start.Environment["GIT_AUTHOR_DATE"], start.Environment["GIT_COMMITTER_DATE"]) = ("2020-01-01T00:00:00Z", date);
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output;
    }
}
