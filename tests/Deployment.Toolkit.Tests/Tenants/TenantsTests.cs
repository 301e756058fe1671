using System.Text.Json;
using Deployment.Toolkit.Promotion;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>One set of migrations and as many databases as are found: one first, a bounded number at a time, an outcome each.</summary>
public sealed class TenantsTests : IDisposable
{
    private readonly TenantApp _app = new(50);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Each_of_fifty_is_migrated_in_one_step_that_the_plan_counts_in_groups()
    {
        var up = await _app.SucceedAsync();

        Assert.Equal(
            ["check configuration", "back up", "migrate", "migrate:Tenants", "activate", "verify health", "mark verified"],
            up.Plan!.Steps.Select(static step => step.Name));
        var planned = Assert.Single(up.Plan.Tenants!);
        Assert.Equal((50, 0), (planned.Count, planned.Unreachable));
        Assert.Equal("apply what is pending up to 0001 in the database of each tenant of 'Tenants'", TenantApp.StepOf(up).Effect);
        Assert.Null(up.Plan.Databases);
        Assert.Equal("0001", Assert.Single(up.Plan.Migrations).Version);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.All(_app.Tenants, tenant => Assert.Equal(1L, _app.Scalar(tenant, "SELECT count(*) FROM notes")));
        Assert.Equal(_app.Tenants, TenantApp.StepOf(up).Tenants.Select(static result => result.Id).Order(StringComparer.Ordinal));
        Assert.All(TenantApp.StepOf(up).Tenants, static result => Assert.Equal((TenantOutcome.Migrated, 1), (result.Outcome, result.Migrations)));

        // Nothing twice, and nothing where nothing lacks.
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.App.UpAsync()).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");
        _app.Tenants.AddRange(["new1", "new2"]);
        var plan = await _app.PlanAsync("2.0.0");
        Assert.Equal(
            ["50 2 t01 t02 t03", "2 3 new1 new2"],
            plan.Plan!.Tenants![0].Groups.Select(static group => $"{group.Count} {group.Pending} {string.Join(' ', group.Examples)}"));
        Assert.DoesNotContain("migrate", plan.Plan.Steps.Select(static step => step.Name));
        var approved = ApprovedPlan.HashOf(plan.Plan);
        _app.Tenants.Add("new3");
        Assert.Equal(approved, ApprovedPlan.HashOf((await _app.PlanAsync("2.0.0")).Plan!));
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY, other TEXT);", "DROP TABLE most;");
        Assert.NotEqual(approved, ApprovedPlan.HashOf((await _app.PlanAsync("2.0.0")).Plan!));
        await _app.SucceedAsync("2.0.0");
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002 0003", _app.Applied(tenant)));
    }

    [Fact]
    public async Task One_goes_first_and_alone_and_of_the_others_no_more_than_declared_at_once()
    {
        var meeting = new Meeting(3);
        Meets(meeting);
        _app.Careful = static tenants => tenants.Parallel(3).FirstAlone("t07");

        await _app.SucceedAsync();

        Assert.Equal(["+t07", "-t07"], meeting.Moments.Take(2));
        Assert.Equal(3, meeting.Most);
        Assert.Equal(50, meeting.Moments.Count(static moment => moment[0] == '-'));
    }

    [Fact]
    public async Task Where_the_first_fails_no_other_is_begun()
    {
        await _app.SucceedAsync();
        _app.Execute("t01", "CREATE TABLE more (id INTEGER)");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Careful = static tenants => tenants.StopAfter(10);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.Contains("There was nothing to undo.", up.Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains(up.Messages, static message => message is { Code: "DTK7351" } && message.Text.StartsWith("1 of 50 tenants of 'Tenants' failed: 't01': ", StringComparison.Ordinal)
            && message.Text.Contains(" 49 were not begun.", StringComparison.Ordinal));
        Assert.Equal(49, TenantApp.StepOf(up).Tenants.Count(static result => result.Outcome == TenantOutcome.NotBegun));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
    }

    [Fact]
    public async Task After_as_many_failures_as_declared_no_other_is_begun_and_all_go_back()
    {
        await _app.SucceedAsync();
        foreach (var tenant in (string[])["t05", "t10", "t15", "t20"]) _app.Execute(tenant, "CREATE TABLE more (id INTEGER)");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Careful = static tenants => tenants.Parallel(1).StopAfter(3);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        var results = TenantApp.StepOf(up).Tenants.ToLookup(static result => result.Outcome, static result => result.Id);
        Assert.Equal(["t05", "t10", "t15"], results[TenantOutcome.Failed].Order(StringComparer.Ordinal));
        Assert.Equal(_app.Tenants.Skip(15), results[TenantOutcome.NotBegun].Order(StringComparer.Ordinal));
        Assert.Equal(12, results[TenantOutcome.Reverted].Count());
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.All(results[TenantOutcome.Reverted], tenant => Assert.Null(_app.Scalar(tenant, "SELECT 1 FROM sqlite_master WHERE name = 'more'")));
        Assert.Contains("Undone: migrate:Tenants.", up.Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_that_were_migrated_stay_so_where_that_was_declared_and_the_next_run_goes_on_with_the_others()
    {
        await _app.SucceedAsync();
        _app.Execute("t09", "CREATE TABLE more (id INTEGER)");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", null);
        _app.Careful = static tenants => tenants.KeepMigrated().StopAfter(int.MaxValue);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.Contains("Not undone, because there is no way back: migrate:Tenants in 't01', 't02', 't03', 't04', 't05' and 44 more.", up.Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal("0001", _app.Applied("t09"));
        Assert.All(_app.Tenants.Where(static tenant => tenant != "t09"), tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));

        _app.Execute("t09", "DROP TABLE more");
        var next = await _app.SucceedAsync("2.0.0");
        Assert.Equal((49, 0), (next.Plan!.Tenants![0].Groups[0].Count, next.Plan.Tenants[0].Groups[0].Pending));
        Assert.Equal((1, 1), (next.Plan.Tenants[0].Groups[1].Count, next.Plan.Tenants[0].Groups[1].Pending));
        Assert.Equal(["t09"], TenantApp.StepOf(next).Tenants.Select(static result => result.Id));
    }

    [Fact]
    public async Task What_turns_unhealthy_takes_all_back()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.All(TenantApp.StepOf(up).Tenants, static result => Assert.Equal((TenantOutcome.Reverted, 1), (result.Outcome, result.Migrations)));
    }

    [Fact]
    public async Task Where_a_way_back_fails_the_run_names_the_tenant_and_the_next_command_which_goes_on_with_it()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");
        _app.More = deployment => deployment.AddStep(
            new Meddle(() => _app.Execute("t13", "ALTER TABLE more RENAME TO elsewhere")), static step => step.After = DeploymentSteps.Activate);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.NeedsAttention, string.Join('\n', up.Messages));
        var fault = Assert.Single(up.Messages, static message => message.Code == "DTK7352");
        Assert.StartsWith("1 of 50 tenants of 'Tenants' could not be taken back: 't13': ", fault.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy abort --environment Development'", fault.Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants.Where(static tenant => tenant != "t13"), tenant => Assert.Equal("0001", _app.Applied(tenant)));

        _app.Execute("t13", "ALTER TABLE elsewhere RENAME TO more");
        var abort = await _app.App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
    }

    [Fact]
    public async Task On_the_way_back_one_that_is_away_is_waited_for_and_one_that_is_no_tenant_any_more_is_named()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");
        var kept = _app.FileOf("t06") + ".kept";
        _app.More = deployment => deployment.AddStep(
            new Meddle(() =>
            {
                _app.Tenants.Remove("t05");
                File.Move(_app.FileOf("t06"), kept);
                File.WriteAllText(_app.FileOf("t06"), "no database at all, but long enough to be taken for one by its size only");
            }),
            static step => step.After = DeploymentSteps.Activate);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.NeedsAttention, string.Join('\n', up.Messages));
        Assert.Contains(up.Messages, static message => message.Code == "DTK7352" && message.Text.StartsWith("1 of 49 tenants of 'Tenants' could not be taken back: 't06': ", StringComparison.Ordinal));
        Assert.Equal(TenantOutcome.Gone, TenantApp.StepOf(up).Tenants.Single(static result => result.Id == "t05").Outcome);
        Assert.Equal("0001 0002", _app.Applied("t05"));

        File.Move(kept, _app.FileOf("t06"), overwrite: true);
        var abort = await _app.App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
    }

    [Fact]
    public async Task One_that_comes_between_the_plan_and_the_run_is_migrated_with_the_others()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        var asked = 0;
        _app.Found = () => { if (++asked == 3) _app.Tenants.Add("late"); };

        var up = await _app.SucceedAsync("2.0.0");

        Assert.Equal(50, up.Plan!.Tenants![0].Count);
        Assert.Equal("0001 0002", _app.Applied("late"));
        Assert.Equal(2, TenantApp.StepOf(up).Tenants.Single(static result => result.Id == "late").Migrations);
        Assert.Contains(TenantApp.StepOf(up).Output, static line => line.StartsWith("51 tenants: 51 migrated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_can_not_be_reached_is_refused_by_the_plan_or_left_out_where_that_was_declared()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        File.WriteAllText(_app.FileOf("t30"), "no database at all, but long enough to be taken for one by its size only");

        var refused = await _app.PlanAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var fault = Assert.Single(refused.Messages, static message => message.Severity == MessageSeverity.Error);
        Assert.Equal("DTK7354", fault.Code);
        Assert.StartsWith("Tenant 't30' of 'Tenants' can't be reached; 't30': ", fault.Text, StringComparison.Ordinal);

        _app.Careful = static tenants => tenants.SkipUnreachable();
        var up = await _app.SucceedAsync("2.0.0");
        Assert.Equal(1, up.Plan!.Tenants![0].Unreachable);
        Assert.Contains(up.Plan.Risks, static risk => risk.StartsWith("Tenant 't30' of 'Tenants' can't be reached and are left out", StringComparison.Ordinal));
        Assert.Equal(TenantOutcome.LeftOut, TenantApp.StepOf(up).Tenants.Single(static result => result.Id == "t30").Outcome);
        Assert.Equal(49, TenantApp.StepOf(up).Tenants.Count(static result => result.Outcome == TenantOutcome.Migrated));
    }

    [Fact]
    public async Task What_is_wrong_with_many_is_told_once_and_names_some()
    {
        await _app.SucceedAsync();
        _app.Migration("0001_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, other TEXT);", "DROP TABLE notes;");

        var plan = await _app.PlanAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.Refused, plan.Outcome);
        var fault = Assert.Single(plan.Messages, static message => message.Severity == MessageSeverity.Error);
        Assert.Equal("DTK7301", fault.Code);
        Assert.StartsWith("50 tenants 't01', 't02', 't03' and 47 more of 'Tenants': Migration 0001_notes was changed", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_and_errors_are_cleaned_and_bounded_and_connection_strings_are_shown_nowhere()
    {
        const string odd = "evil\e[31m\nname";
        _app.Tenants.Clear();
        _app.Tenants.AddRange(["good", odd]);
        _app.ConnectionStringOf = id => id == odd
            ? $"Data Source={Path.Combine(_app.App.Folder, "tenants", "odd.db")};Pooling=False;Password=hunter2-{new string('x', 900)}"
            : $"Data Source={_app.FileOf(id)};Pooling=False";
        _app.Careful = static tenants => tenants.SkipUnreachable();

        var up = await _app.SucceedAsync();

        var shown = JsonSerializer.Serialize(up) + string.Concat(_app.App.Progress.Select(static told => told.Text)) + File.ReadAllText(_app.App.JournalFile());
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        var result = TenantApp.StepOf(up).Tenants.Single(static result => result.Outcome == TenantOutcome.LeftOut);
        Assert.Equal("evil\\u001b[31m\\nname", result.Id);
        Assert.InRange(result.Error!.Length, 1, 450);
    }

    [Fact]
    public async Task Two_of_one_id_and_a_finder_that_fails_are_refused_in_the_products_words()
    {
        _app.Tenants.Add("t01");
        _app.App.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);", "DROP TABLE items;");
        _app.App.Configure += static _ => { };
        var twice = await _app.PlanAsync("1.0.0");
        // The app's own database is migrated first, and may tell who they are.
        Assert.Equal(DeploymentOutcome.Succeeded, twice.Outcome);
        Assert.Contains("2 have the id 't01'", twice.Plan!.Tenants![0].NotFound, StringComparison.Ordinal);

        _app.Tenants.RemoveAt(50);
        await _app.SucceedAsync();
        _app.Tenants.Add("t02");
        var refused = await _app.PlanAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains(refused.Messages, static message => message.Code == "DTK7353" && message.Text.Contains("2 have the id 't02'", StringComparison.Ordinal));

        _app.Found = static () => throw new InvalidOperationException("the list is\naway");
        var away = await _app.PlanAsync("2.0.0");
        Assert.Contains(away.Messages, static message => message.Code == "DTK7353" && message.Text.Contains("InvalidOperationException: the list is\\naway", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_they_are_may_stand_in_a_database_that_the_same_run_makes()
    {
        _app.Found = () => { if (_app.App.Scalar("SELECT 1 FROM sqlite_master WHERE name = 'items'") is null) throw new InvalidOperationException("no such table"); };

        var up = await _app.SucceedAsync();

        Assert.Contains("no such table", up.Plan!.Tenants![0].NotFound, StringComparison.Ordinal);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
    }

    [Fact]
    public async Task Migrations_of_tenants_alone_move_by_their_name()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");
        _app.App.Migration("0002_items", "CREATE TABLE more_items (id INTEGER PRIMARY KEY);", "DROP TABLE more_items;");

        using var host = _app.App.Build();
        var up = await host.Services.GetRequiredService<Deployer>().MigrateUpAsync(new MigrateUpRequest { Database = "Tenants", To = "0002" }, Token);

        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', up.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
        Assert.Equal(["items"], _app.App.Tables().Where(static name => !name.StartsWith("deployment", StringComparison.Ordinal) && !name.StartsWith("sqlite", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_rollback_takes_each_back_and_counts_what_would_be_lost()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");
        await _app.SucceedAsync("2.0.0");
        _app.Execute("t03", "INSERT INTO more VALUES (1), (2)");
        _app.Execute("t04", "INSERT INTO more VALUES (1)");

        var refused = await _app.App.RollbackAsync();
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Equal("DTK7018", Assert.Single(refused.Messages).Code);
        Assert.Contains("may remove at least 3 rows (more: 3) that were written since, in 2 tenants 't03', 't04'.", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002 0003", _app.Applied(tenant)));

        var back = await _app.App.RollbackAsync(acceptDataLoss: true);
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Equal(["activate", "revert migrate:Tenants", "verify health", "mark verified"], back.Plan!.Steps.Select(static step => step.Name));
        Assert.Equal(["0003", "0002"], back.Plan.Tenants![0].Migrations.Select(static migration => migration.Version));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.All(TenantApp.StepOf(back).Tenants, static result => Assert.Equal((TenantOutcome.Reverted, 2), (result.Outcome, result.Migrations)));
    }

    [Fact]
    public async Task A_rollback_past_what_has_no_way_back_is_refused_and_where_it_is_kept_stays()
    {
        _app.More = static deployment => deployment.WithoutBackup("the test says so");
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", null);
        var up = await _app.SucceedAsync("2.0.0");
        Assert.Contains("migration Tenants: 0002_more cannot be taken back: it has no way back of its own, and no backup is taken: the test says so", up.Plan!.Risks);

        var refused = await _app.App.RollbackAsync();
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("0002_more in 't01', 't02', 't03' and 47 more", refused.Messages[0].Text, StringComparison.Ordinal);

        _app.Careful = static tenants => tenants.KeepMigrated();
        var back = await _app.App.RollbackAsync();
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Null(back.Plan!.Tenants);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
    }

    [Fact]
    public async Task The_list_of_migrations_counts_in_how_many_each_is_applied()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Tenants.Add("new");
        using var host = _app.App.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();

        var all = await database.GetMigrationsAsync(Token);
        Assert.Equal([" 0001", "Tenants 0001", "Tenants 0002"], all.Select(static state => $"{state.Database} {state.Version}"));
        var named = await database.Of("Tenants").GetMigrationsAsync(Token);
        Assert.Equal(["50 of 51", "0 of 51"], named.Select(static state => $"{state.AppliedTenants} of {state.Tenants}"));
        Assert.All(named, static state => Assert.False(state.IsApplied));

        var status = Assert.Single(await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Development", Token));
        Assert.Equal(["App 1 0", "Tenants 1 1"], status.Databases.Select(static database => $"{database.Name} {database.Applied} {database.Pending}"));
        Assert.Equal(50, status.Databases[1].Tenants[TenantOutcome.Migrated]);
    }

    private void Meets(Meeting meeting) => _app.More = deployment =>
    {
        deployment.Host.Services.AddSingleton(meeting);
        deployment.AddMigrations(static m => m.Add<Meet>());
    };

    private sealed class Meddle(Action act) : DeploymentStep
    {
        public override string Name => "meddle";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
        {
            act();
            return Task.CompletedTask;
        }
    }
}
