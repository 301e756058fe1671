using System.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Tests.Promotion;

/// <summary>Who somebody is, and who wrote a commit.</summary>
public sealed class PeopleTests
{
    [Theory]
    [InlineData("anna", "ANNA", true)]
    [InlineData("Anna Berg", "anna.berg@example.org", true)]
    [InlineData("anna-berg", "anna_berg", true)]
    [InlineData("49699333+anna@users.noreply.github.com", "anna", true)]
    [InlineData("anna+ci@example.org", "anna", true)]
    [InlineData("anna", "hanna", false)]
    [InlineData("anna@example.org", "ben@example.org", false)]
    [InlineData("--", "..", false)]
    [InlineData(null, null, false)]
    [InlineData("anna", null, false)]
    public void Names_that_may_be_one_persons(string? one, string? other, bool may) => Assert.Equal((may, may), (PersonNames.MayBeSame(one, other), PersonNames.MayBeSame(other, one)));

    [Fact]
    public void A_build_server_and_sudo_act_for_somebody_else_than_their_user()
    {
        var user = new JournalHolder("runner", "build-7", 1, DateTimeOffset.UnixEpoch);

        Assert.Equal("runner", Actor.Of(user).Account);
        Assert.Equal("anna", Actor.Of(user with { SudoUser = "anna" }).Account);
        Assert.Equal("ben", Actor.Of(user with { SudoUser = "root", CiIdentity = "GITHUB_ACTOR=ben" }).Account);
        Assert.Equal(("ben", "carol"), Actor.Of(user with { CiIdentity = "GITHUB_ACTOR=ben", Claimed = "carol" }) is var actor ? (actor.Account, actor.Claimed) : default);
    }

    [Fact]
    public async Task The_author_of_a_commit_is_whoever_the_build_a_setting_or_the_repository_names()
    {
        var token = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("dtk-author-");
        try
        {
            await GitAsync(folder.FullName, "init", "-q");
            await GitAsync(folder.FullName, "-c", "user.name=Anna Berg", "-c", "user.email=anna@example.org", "commit", "-q", "--allow-empty", "-m", "One\n\nCo-authored-by: Ben Moe <ben@example.org>");
            var commit = (await GitAsync(folder.FullName, "rev-parse", "HEAD")).Trim();
            var authors = new CommitAuthors(["Carol <carol@example.org>"], folder.FullName, TimeProvider.System);

            Assert.Equal(["Carol", "carol@example.org", "Anna Berg", "anna@example.org", "Ben Moe", "ben@example.org"], await authors.OfAsync(new Release("1.0.0", commit), token));
            Assert.Equal(["Carol", "carol@example.org"], await authors.OfAsync(new Release("1.0.0"), token));
            Assert.Empty(await new CommitAuthors([], folder.FullName, TimeProvider.System).OfAsync(new Release("1.0.0", new string('0', 40)), token));
            // No commit is an option of git.
            Assert.Empty(await new CommitAuthors([], folder.FullName, TimeProvider.System).OfAsync(new Release("1.0.0", "--all"), token));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Production", "app", "deploy", "promote", "--from", "Staging", "--to", "Production")]
    [InlineData("Production", "app", "deploy", "promote", "--to=Production")]
    [InlineData("Staging", "app", "deploy", "promote", "--environment", "Staging", "--to", "Production")]
    [InlineData(null, "app", "deploy", "rollback", "--to", "1.0.0")]
    [InlineData(null, "app", "promote", "--to", "Production")]
    public void Where_a_release_is_promoted_to_is_the_hosts_environment(string? environment, params string[] arguments) =>
        Assert.Equal(environment, ProcessEnvironment.EnvironmentOfVerb(arguments));

    private static async Task<string> GitAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        var said = await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, git.ExitCode);
        return said;
    }
}
