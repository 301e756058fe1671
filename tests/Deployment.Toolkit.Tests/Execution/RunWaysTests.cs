using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Execution;

/// <summary>What an open run is told to be ended by also works.</summary>
public sealed class RunWaysTests : IDisposable
{
    private const string Resume = "'deploy resume --environment Development'";
    private const string Abort = "'deploy abort --environment Development'";

    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_rollback_that_has_begun_is_told_to_be_finished_and_nothing_else()
    {
        await _app.UpAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        await _app.UpAsync("2.0.0");

        var cut = await CutOffAsync(static (deployer, request, token) => deployer.RollbackAsync(request, token), step: "revert migrate");
        await OnlyForwardAsync(cut, "a rollback that has begun can only be finished");
    }

    [Fact]
    public async Task A_restore_that_has_begun_is_told_to_be_finished_and_nothing_else()
    {
        await _app.UpAsync();
        string name;
        using (var host = _app.Build())
            name = (await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken)).Name;

        var cut = await CutOffAsync((deployer, request, token) => deployer.RestoreAsync(name, request with { AcceptDataLoss = true }, token));
        await OnlyForwardAsync(cut, "a restore that has begun can only be finished");
    }

    [Fact]
    public async Task A_deployment_goes_both_ways_until_it_goes_back()
    {
        var cut = await CutOffAsync(static (deployer, request, token) => deployer.UpAsync(request, token));
        Assert.Contains($"Go on with {Resume}, or go back with {Abort}.", cut.Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains($"Go on with {Resume}, or go back with {Abort}; ", (await _app.UpAsync("3.0.0")).Messages[0].Text, StringComparison.Ordinal);

        var back = await CutOffAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), ProgressKind.GoingBack);
        Assert.True(back.Outcome == DeploymentOutcome.Cancelled, string.Join('\n', back.Messages));
        Assert.Contains($"Let it go on with its way back by {Abort}.", back.Messages[^1].Text, StringComparison.Ordinal);
        var ended = await _app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        Assert.Contains(ended.Outcome, new[] { DeploymentOutcome.RolledBack, DeploymentOutcome.Failed });
    }

    private async Task OnlyForwardAsync(DeploymentResult cut, string why)
    {
        Assert.True(cut.Outcome == DeploymentOutcome.Cancelled, string.Join('\n', cut.Messages));
        var told = (await _app.UpAsync("3.0.0")).Messages[0];
        Assert.Equal("DTK7012", told.Code);
        Assert.All([cut.Messages[^1], told], message =>
        {
            Assert.Contains($"Go on with {Resume}: {why}", message.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("abort", message.Text, StringComparison.Ordinal);
        });
        Assert.Equal("DTK7014", (await _app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token))).Messages[0].Code);
        var resumed = await _app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));
        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', resumed.Messages));
    }

    private async Task<DeploymentResult> CutOffAsync(
        Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb, ProgressKind at = ProgressKind.StepStarted, string? step = null)
    {
        using var cancel = new CancellationTokenSource();
        _app.OnProgress = progress =>
        {
            if (progress.Kind == at && (step is null || progress.Step == step)) cancel.Cancel();
        };
        var result = await _app.RunAsync(verb, "2.0.0", cancellationToken: cancel.Token);
        _app.OnProgress = static _ => { };
        return result;
    }
}
