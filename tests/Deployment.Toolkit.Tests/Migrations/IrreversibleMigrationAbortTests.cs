using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>A run that was cut off among migrations of which one can't be taken back.</summary>
public sealed class IrreversibleMigrationAbortTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Cut_off_before_what_nothing_takes_back_it_goes_back()
    {
        await CutOffAsync("0005_gone");
        Assert.Equal("0001 0002", Applied());

        var abort = await _app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));

        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.Equal("0001", Applied());
    }

    [Fact]
    public async Task Cut_off_behind_it_only_the_way_forward_is_left_and_no_mark_says_otherwise()
    {
        await CutOffAsync("0003_gone");
        Assert.Equal("0001 0002 0003", Applied());

        var abort = await _app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        var notDone = await _app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { MarkNotDone = ["migrate"] }, token));
        var done = await _app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request with { MarkDone = ["migrate"] }, token));
        var resumed = await _app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Equal((DeploymentOutcome.Refused, "DTK7014"), (abort.Outcome, Assert.Single(abort.Messages).Code));
        Assert.Contains(
            "cannot be taken back: step 'migrate' was interrupted, the history of the database has 0002_more, 0003_gone, and it cannot be taken back: the law wants it. "
                + "Run 'deploy resume --environment Development'.",
            abort.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7015"), (notDone.Outcome, Assert.Single(notDone.Messages).Code));
        Assert.EndsWith(
            "is marked not done, and the history of the database has 0002_more, 0003_gone. Nothing was recorded. Leave the mark out: 'deploy abort --environment Development'.",
            notDone.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("is marked done, and the history of the database lacks 0004_wait.", Assert.Single(done.Messages).Text, StringComparison.Ordinal);
        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', resumed.Messages));
    }

    private string Applied() => (string)_app.Scalar("SELECT group_concat(version, ' ') FROM (SELECT version FROM deployment_migrations ORDER BY sequence)")!;

    private async Task CutOffAsync(string irreversible)
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        using var cancel = new CancellationTokenSource();
        var wait = new Waiting { IsOn = true, OnWait = cancel.Cancel };
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Migration(irreversible, "-- irreversible: the law wants it\nUPDATE items SET name = 'gone';", null);
        _app.Configure = deployment =>
        {
            deployment.Host.Services.AddSingleton(wait);
            deployment.AddMigrations(static m => m.Add<Wait>());
        };
        var cancelled = await _app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), "2.0.0", cancellationToken: cancel.Token);
        Assert.True(cancelled.Outcome == DeploymentOutcome.Cancelled, string.Join('\n', cancelled.Messages));
        wait.IsOn = false;
    }

    internal sealed class Waiting
    {
        internal bool IsOn { get; set; }

        internal required Action OnWait { get; init; }
    }

    [Migration("0004", "wait")]
    internal sealed class Wait(Waiting waiting) : Migration
    {
        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            await context.ExecuteAsync("CREATE TABLE waited (id INTEGER PRIMARY KEY)", cancellationToken);
            if (!waiting.IsOn) return;
            waiting.OnWait();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("DROP TABLE waited", cancellationToken);
    }
}
