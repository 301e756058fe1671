using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>A run that was cut off among tenants of which some have what nothing takes back.</summary>
public sealed class TenantAbortTests : IDisposable
{
    private readonly TenantApp _app = new(6);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Those_that_have_what_nothing_takes_back_stay_migrated_by_name_and_the_others_are_as_before()
    {
        await CutOffAtAsync("t04");

        var abort = await AbortAsync();

        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.Equal(["0001 0002 0003", "0001 0002 0003", "0001 0002 0003", "0001", "0001", "0001"], _app.Tenants.Select(_app.Applied));
        var step = TenantApp.StepOf(abort);
        Assert.Equal(StepState.Kept, step.State);
        Assert.Equal(["t01", "t02", "t03"], step.Tenants.Where(static result => result.Outcome == TenantOutcome.Migrated).Select(static result => result.Id).Order(StringComparer.Ordinal));
        Assert.All(step.Tenants.Where(static result => result.Outcome == TenantOutcome.Migrated), static result =>
            Assert.Equal("it stays migrated: 0003_gone cannot be taken back: the law wants it", result.Error));
        Assert.Contains(abort.Messages, static message => message.Text.Contains("Not undone, because there is no way back: migrate:Tenants in 't01', 't02', 't03'.", StringComparison.Ordinal));

        // What stays is nobody's fault: the next run goes on with the others.
        await _app.SucceedAsync("2.0.0");
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002 0003", _app.Applied(tenant)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mark_that_the_tenants_histories_contradict_is_refused_with_their_names(bool isIrreversible)
    {
        await CutOffAtAsync("t04", isIrreversible);

        var abort = await AbortAsync(static request => request with { MarkNotDone = ["migrate:Tenants"] });
        var resume = await _app.App.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request with { MarkDone = ["migrate:Tenants"] }, token));

        Assert.Equal((DeploymentOutcome.Refused, DeploymentOutcome.Refused), (abort.Outcome, resume.Outcome));
        Assert.EndsWith(
            " is marked not done, and the histories of 3 tenants of 'Tenants' have migrations of this run: 't01', 't02', 't03'. Nothing was recorded. "
                + "Leave the mark out: 'deploy abort --environment Development'.",
            Assert.Single(abort.Messages).Text, StringComparison.Ordinal);
        Assert.Contains("is marked done, and the histories of 3 tenants of 'Tenants' lack some of its migrations: 't04', 't05', 't06'. Nothing was recorded. "
            + "Leave the mark out: 'deploy resume --environment Development'.", Assert.Single(resume.Messages).Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants.Take(3), tenant => Assert.NotEqual("0001", _app.Applied(tenant)));
    }

    [Fact]
    public async Task Where_each_has_it_only_the_way_forward_is_left()
    {
        await CutOffAtAsync("t06");
        _app.Tenants.RemoveAll(static tenant => tenant is "t05" or "t06");

        var abort = await AbortAsync();

        Assert.Equal(DeploymentOutcome.Refused, abort.Outcome);
        var fault = Assert.Single(abort.Messages);
        Assert.Equal("DTK7014", fault.Code);
        Assert.Contains("the histories of 4 tenants of 'Tenants' have migrations of this run: 't01', 't02', 't03', 't04'", fault.Text, StringComparison.Ordinal);
        Assert.Contains("Run 'deploy resume --environment Development'", fault.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_failed_behind_what_nothing_takes_back_can_be_aborted_as_far_as_there_is_a_way()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Irreversible();
        _app.Careful = static tenants => tenants.Parallel(1);
        _app.Execute("t03", "ALTER TABLE notes RENAME TO elsewhere");

        var up = await _app.App.UpAsync("2.0.0");
        Assert.True(up.Outcome == DeploymentOutcome.NeedsAttention, string.Join('\n', up.Messages));
        Assert.Equal("0001 0002", _app.Applied("t03"));
        var abort = await AbortAsync();

        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.Equal(["0001 0002 0003", "0001 0002 0003", "0001"], _app.Tenants.Take(3).Select(_app.Applied));
        Assert.Contains(abort.Messages, static message => message.Text.Contains("no way back: migrate:Tenants in 't01', 't02'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_was_cut_off_and_is_no_tenant_any_more_is_gone_by_name_when_the_run_goes_on()
    {
        await CutOffAtAsync("t04");
        _app.Tenants.Remove("t04");

        var resumed = await _app.App.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', resumed.Messages));
        Assert.Equal(TenantOutcome.Gone, TenantApp.StepOf(resumed).Tenants.Single(static result => result.Id == "t04").Outcome);
        var warning = Assert.Single(resumed.Messages, static message => message.Code == "DTK7351");
        Assert.Equal(MessageSeverity.Warning, warning.Severity);
        Assert.Contains("'t04'", warning.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy migrations up --database Tenants --environment Development'", warning.Text, StringComparison.Ordinal);

        _app.Tenants.Add("t04");
        var back = await _app.App.RunAsync(static (deployer, _, token) => deployer.MigrateUpAsync(new MigrateUpRequest { Database = "Tenants" }, token));
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Equal("0001 0002 0003", _app.Applied("t04"));
    }

    [Fact]
    public async Task One_that_was_cut_off_and_is_no_tenant_any_more_is_gone_by_name_when_the_run_goes_back()
    {
        await CutOffAtAsync("t01");
        _app.Tenants.Remove("t01");

        var abort = await AbortAsync();

        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.Equal(TenantOutcome.Gone, TenantApp.StepOf(abort).Tenants.Single(static result => result.Id == "t01").Outcome);
        Assert.Contains(abort.Messages, static message => message.Severity == MessageSeverity.Warning && message.Text.Contains("'t01'", StringComparison.Ordinal));
    }

    private Task<DeploymentResult> AbortAsync(Func<AbortRequest, AbortRequest>? with = null) =>
        _app.App.RunAsync((deployer, request, token) => deployer.AbortAsync(with?.Invoke(request) ?? request, token));

    private void Irreversible() => _app.Migration("0003_gone", "-- irreversible: the law wants it\nUPDATE notes SET text = 'gone';", null);

    // Those before it have all by then, and those behind it nothing.
    private async Task CutOffAtAsync(string tenant, bool isIrreversible = true)
    {
        await _app.SucceedAsync();
        using var cancel = new CancellationTokenSource();
        var gate = new Gate { Held = tenant, OnHeld = cancel.Cancel };
        _app.More = deployment =>
        {
            deployment.Host.Services.AddSingleton(gate);
            deployment.AddMigrations(static m => m.Add<WaitAtGate>());
        };
        if (isIrreversible)
            Irreversible();
        _app.Careful = static tenants => tenants.Parallel(1);
        var cancelled = await _app.App.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), "2.0.0", cancellationToken: cancel.Token);
        Assert.True(cancelled.Outcome == DeploymentOutcome.Cancelled, string.Join('\n', cancelled.Messages));
        gate.Held = "";
    }
}
