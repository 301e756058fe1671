using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Output;

public sealed class TranscriptTests : IDisposable
{
    private static readonly string[] Up = ["up", "--environment", "Development", "--release", "1.0.0+abc"];

    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_plan_shows_steps_migrations_gates_and_risks()
    {
        _app.WithMigration("0002_drop_titles", "ALTER TABLE Pages ADD COLUMN Quality INTEGER;\n");
        _app.ConfigureHost = static builder => builder.Configuration["Content:Title"] = "Hello";
        await Check("plan", "plan", "--environment", "Development", "--release", "1.0.0+abc");
    }

    [Fact]
    public async Task A_plan_shows_on_request_what_its_migrations_run()
    {
        _app.WithMigration("0002_index", "-- by title\nCREATE INDEX ByTitle\n\tON Pages (Title);\n", "DROP INDEX ByTitle;\n");
        _app.Configure = static deployment => deployment.AddMigrations(static m => m.Add<Verbs.PlanSqlTests.FillQuality>());
        await Check("plan-sql", "plan", "--environment", "Development", "--release", "1.0.0+abc", "--sql");
    }

    [Fact]
    public async Task A_deployment_shows_every_step() => await Check("up", Up);

    [Fact]
    public async Task With_nothing_to_do_it_says_so()
    {
        await _app.RunAsync(Up);
        await Check("up-nothing-to-do", Up);
    }

    [Fact]
    public async Task A_rolled_back_deployment_says_what_failed_and_what_was_undone()
    {
        _app.Health = HealthCheckResult.Unhealthy("no reader");
        await Check("up-rolled-back", Up);
    }

    [Fact]
    public async Task A_fault_in_a_script_shows_its_place()
    {
        _app.WithMigration("0002_index", "CREATE INDEX ByTitle ON Pagse (Title);\n", "DROP INDEX ByTitle;\n");
        await Check("up-script-fault", Up);
    }

    [Fact]
    public async Task Status_shows_every_environment()
    {
        await _app.RunAsync(Up);
        await Check("status", "status");
    }

    [Fact]
    public async Task Status_shows_an_open_run_and_what_comes_next()
    {
        _app.Configure = static deployment => deployment.AddStep<OneWay>();
        _app.Health = HealthCheckResult.Unhealthy("no reader");
        await _app.RunAsync(Up);
        await Check("status-open-run", "status", "--environment", "Development");
    }

    [Fact]
    public async Task History_shows_the_last_runs()
    {
        await _app.RunAsync(Up);
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.1.0");
        await _app.RunAsync("rollback", "--environment", "Development");
        await Check("history", "history", "--environment", "Development");
    }

    [Fact]
    public async Task Watching_says_what_is_there_after_it_went_back()
    {
        await _app.RunAsync(Up);
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.1.0");
        var asked = 0;
        _app.ConfigureHost = builder => builder.Services.AddHealthChecks().AddCheck("pages", () => ++asked > 2 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("none is found"));
        await Check("watch", "watch", "--environment", "Development", "--every", "1ms", "--failures", "2");
    }

    [Fact]
    public async Task Pruning_says_of_each_backup_why_it_stays_or_goes()
    {
        await _app.RunAsync(Up);
        _app.WithMigration("0002_quality", "ALTER TABLE Pages ADD COLUMN Quality INTEGER;\n");
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.1.0");
        for (var day = 0; day < 5; day++)
        {
            _app.Clock.Advance(TimeSpan.FromDays(1));
            await _app.RunAsync("backup", "create", "--environment", "Development");
        }

        await Check("backup-prune", "backup", "prune", "--environment", "Development", "--keep", "2", "--keep-for", "3d");
    }

    [Fact]
    public async Task History_of_a_run_shows_its_plan_and_what_became_of_it()
    {
        _app.Configure = static deployment => deployment.AddStep<WarmUp>();
        _app.Health = HealthCheckResult.Unhealthy("no reader");
        var run = (await _app.RunAsync([.. Up, "--as", "anna", "--output", "json"])).Json.GetProperty("run").GetProperty("id").GetString()!;
        await Check("history-run", "history", run, "--environment", "Development");
    }

    [Fact]
    public async Task A_refusal_names_the_gate_and_its_mend() => await Check("refusal", "up", "--environment", "Staging", "--release", "1.0.0+abc");

    [Fact]
    public async Task What_environments_share_is_shown_with_what_is_declared_and_waived()
    {
        _app.Configure = static deployment => deployment.AddIsolation(static i => i
            .Never("Staging", talksTo: "*.prod.internal")
            .Share("Mail:Host", "one relay for all")
            .Waive("shared-queue", "Orders:Queue", new DateOnly(2026, 12, 24), "Anna Berg", "moves in December")
            .Waive("shared-bucket", "Uploads:Bucket", new DateOnly(2026, 1, 31), "Anna Berg", "moved long ago"));
        _app.ConfigureHost = static builder =>
        {
            foreach (var (key, value) in ((string, string)[])[("Payments:ApiKey", "kW7q2Zp9-shared"), ("Mail:Host", "smtp.example.org"), ("Orders:Queue", "orders"), ("Search:Url", "https://search.prod.internal")])
                builder.Configuration[key] = value;
        };
        await _app.RunAsync(Up);
        await Check("isolation", "isolation", "--environment", "Staging");
        await Check("isolation-json", "isolation", "--environment", "Staging", "--output", "json");
    }

    private async Task Check(string name, params string[] args)
    {
        var ran = await _app.RunAsync(args);
        Approval.Check(_app.Normalize($"$ deploy {string.Join(' ', args)}\n{ran.Out}[exit {ran.ExitCode}]\n\nstandard error:\n{ran.Error}"), name);
    }
}
