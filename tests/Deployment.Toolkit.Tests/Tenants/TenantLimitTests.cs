using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>What keeps a run among tenants from going on: limits, whoever cancels it, another binary.</summary>
public sealed class TenantLimitTests : IDisposable
{
    private readonly TenantApp _app = new(6);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task One_that_takes_longer_than_its_migrations_may_fails_and_the_others_go_on()
    {
        await _app.SucceedAsync();
        var gate = new Gate { Held = "t04" };
        Waits(gate);
        _app.Limit = TimeSpan.FromSeconds(2);
        _app.Careful = static tenants => tenants.StopAfter(2);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        var results = TenantApp.StepOf(up).Tenants.ToDictionary(static result => result.Id, static result => result);
        Assert.Equal(TenantOutcome.Failed, results["t04"].Outcome);
        Assert.Contains("reached their limit of 00:00:02", results["t04"].Error, StringComparison.Ordinal);
        Assert.Contains("[DTK7314]", results["t04"].Error, StringComparison.Ordinal);
        Assert.Equal(5, results.Values.Count(static result => result.Outcome == TenantOutcome.Reverted));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
    }

    [Fact]
    public async Task All_of_them_together_have_a_limit_and_what_was_done_by_then_goes_back()
    {
        var gate = new Gate { Held = "t04" };
        Waits(gate);
        _app.Careful = static tenants => tenants.WaitAtMost(TimeSpan.FromSeconds(4));

        var up = await _app.App.UpAsync();

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        var fault = Assert.Single(up.Messages, static message => message.Code == "DTK7351");
        Assert.StartsWith("The tenants of 'Tenants' reached their limit of 00:00:04 together; those that were begun are not committed", fault.Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants, tenant => Assert.Equal("", _app.Applied(tenant)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_in_the_middle_it_is_gone_on_with_or_goes_back_and_nothing_is_done_twice(bool resumes)
    {
        using var cancel = new CancellationTokenSource();
        var gate = new Gate { Held = "t04", OnHeld = cancel.Cancel };
        Waits(gate);
        _app.Careful = static tenants => tenants.Parallel(2);

        var cancelled = await _app.App.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: cancel.Token);

        Assert.True(cancelled.Outcome == DeploymentOutcome.Cancelled, string.Join('\n', cancelled.Messages));
        Assert.Equal("0001 0002", _app.Applied("t01"));
        Assert.DoesNotContain("0002", _app.Applied("t04"), StringComparison.Ordinal);
        gate.Held = "";
        var ended = await _app.App.RunAsync((deployer, request, token) => resumes ? deployer.ResumeAsync(request, token) : deployer.AbortAsync(request, token));

        Assert.True(ended.Outcome == (resumes ? DeploymentOutcome.Succeeded : DeploymentOutcome.RolledBack), string.Join('\n', ended.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal(resumes ? "0001 0002" : "", _app.Applied(tenant)));
        if (resumes)
            Assert.All(_app.Tenants, tenant => Assert.Equal(1L, _app.Scalar(tenant, "SELECT count(*) FROM notes")));
    }

    [Fact]
    public async Task Another_binary_does_not_go_on_with_what_was_planned_of_other_migrations_and_goes_back()
    {
        await _app.SucceedAsync();
        using var cancel = new CancellationTokenSource();
        var gate = new Gate { Held = "t04", OnHeld = cancel.Cancel };
        Waits(gate);
        Most("id INTEGER PRIMARY KEY");
        var cancelled = await _app.App.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), "2.0.0", cancellationToken: cancel.Token);
        Assert.True(cancelled.Outcome == DeploymentOutcome.Cancelled, string.Join('\n', cancelled.Messages));
        gate.Held = "";
        Most("id INTEGER PRIMARY KEY, other TEXT");

        var other = await _app.App.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Contains(other.Messages, static message => message.Code == "DTK7302" && message.Text.Contains("in this binary are not those of the frozen plan", StringComparison.Ordinal));
        Assert.Equal("0001", _app.Applied("t04"));
        Assert.Equal(DeploymentOutcome.RolledBack, other.Outcome);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));

        void Most(string columns) => _app.Migration("0003_most", $"CREATE TABLE most ({columns});", "DROP TABLE most;");
    }

    private void Waits(Gate gate) => _app.More = deployment =>
    {
        deployment.Host.Services.AddSingleton(gate);
        deployment.AddMigrations(static m => m.Add<WaitAtGate>());
    };
}

/// <summary>Where a migration of one tenant stays until somebody stops it.</summary>
internal sealed class Gate
{
    internal string Held { get; set; } = "";

    internal Action OnHeld { get; init; } = static () => { };

    internal async Task PassAsync(string who, CancellationToken cancellationToken)
    {
        if (who != Held) return;
        OnHeld();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}

/// <summary>A migration that goes through it.</summary>
[Migration("0002", "wait", Database = "Tenants")]
internal sealed class WaitAtGate(Gate gate) : Migration
{
    public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
    {
        await context.ExecuteAsync("CREATE TABLE waited (id INTEGER PRIMARY KEY)", cancellationToken);
        await gate.PassAsync(Path.GetFileNameWithoutExtension(context.Connection.DataSource), cancellationToken);
    }

    public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
        context.ExecuteAsync("DROP TABLE waited", cancellationToken);
}
