namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>Whoever meant to deploy finds no app started in its place.</summary>
public sealed class MisplacedVerbTests
{
    [Theory]
    [InlineData("--environment Production deploy up", "deploy up --environment Production")]
    [InlineData("--environment=Production deploy backup list", "deploy backup list --environment=Production")]
    [InlineData("Deploy up --release 1.0.0", "deploy up --release 1.0.0")]
    [InlineData("DEPLOY secrets set Database", "deploy secrets set Database")]
    public void A_verb_behind_other_arguments_or_in_capitals_is_told_how_it_is_run(string line, string command) =>
        Assert.EndsWith($"Run '{command}'.", MisplacedVerb.Find(line.Split(' '))?.Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("--urls http://localhost:5000")]
    [InlineData("--mode deploy up")]
    [InlineData("serve deploy")]
    [InlineData("serve deploy everything")]
    [InlineData("deployment up")]
    public void An_apps_own_arguments_are_its_own(string line) => Assert.Null(MisplacedVerb.Find(line.Split(' ')));

    [Fact]
    public async Task The_app_is_not_started()
    {
        using var app = new StartProcess();
        var ran = await app.RunAsync("--environment Development deploy up");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK7601: 'deploy up' is no verb behind other arguments: the app would be started instead. Run 'deploy up --environment Development'.", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the app runs", ran.Out, StringComparison.Ordinal);
    }
}
