using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Promotion;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>Databases of tenants that nothing else takes back are backed up first, and go back by that.</summary>
public sealed class TenantBackupTests : IDisposable
{
    private readonly TenantApp _app = new(12);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Those_whose_migrations_have_no_way_back_are_backed_up_first_and_the_plan_says_how_many()
    {
        await _app.SucceedAsync();
        Assert.DoesNotContain(Backups(), static backup => backup.Tenant is not null);
        NoWayBack();
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");

        var plan = await _app.PlanAsync("2.0.0");
        Assert.True(plan.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', plan.Messages));
        var group = Assert.Single(plan.Plan!.Tenants![0].Groups);
        Assert.Equal((12, 2, true), (group.Count, group.Pending, group.IsBackedUp));
        Assert.Contains(
            "12 tenants 't01', 't02', 't03' and 9 more of 'Tenants' are backed up first, because Tenants: 0002_more has no way back of its own: going back restores each one's backup, which loses rows written there since",
            plan.Plan.Risks);
        var approved = ApprovedPlan.HashOf(plan.Plan);
        _app.Tenants.Add("new");
        Assert.Equal(approved, ApprovedPlan.HashOf((await _app.PlanAsync("2.0.0")).Plan!));
        _app.Tenants.Remove("new");

        var up = await _app.SucceedAsync("2.0.0");

        Assert.All(TenantApp.StepOf(up).Tenants, result => Assert.Equal((TenantOutcome.Migrated, 2, up.Run!.Id), (result.Outcome, result.Migrations, result.Backup)));
        var backups = Backups("Tenants");
        Assert.Equal(_app.Tenants, backups.Select(static backup => backup.Tenant).Order(StringComparer.Ordinal));
        Assert.All(backups, backup => Assert.Equal((up.Run!.Id, "Tenants", "0001"), (backup.Name, backup.Database, Assert.Single(backup.Schema))));
        Assert.Equal(backups.Count, Backups().Count(static backup => backup.Tenant is not null));

        // Where only what has a way back is pending, nothing is copied.
        _app.Migration("0004_last", "CREATE TABLE last (id INTEGER PRIMARY KEY);", "DROP TABLE last;");
        var last = await _app.SucceedAsync("3.0.0");
        Assert.All(TenantApp.StepOf(last).Tenants, static result => Assert.Null(result.Backup));
        Assert.Equal(12, Backups("Tenants").Count);
    }

    [Fact]
    public async Task What_turns_unhealthy_goes_back_by_the_backups_and_by_down_scripts_where_those_do()
    {
        await _app.SucceedAsync();
        NoWayBack();
        _app.Tenants.RemoveAll(static tenant => tenant != "t01");
        await _app.SucceedAsync("2.0.0");
        _app.Tenants.AddRange(["t02", "t03"]);
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");

        var up = await _app.App.UpAsync("3.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.Equal(["2 2 True", "1 1 False"], up.Plan!.Tenants![0].Groups.Select(static group => $"{group.Count} {group.Pending} {group.IsBackedUp}"));
        Assert.Equal("0001 0002", _app.Applied("t01"));
        Assert.Equal(["0001", "0001"], ((string[])["t02", "t03"]).Select(_app.Applied));
        Assert.All((string[])["t02", "t03"], tenant => Assert.Equal("first", _app.Scalar(tenant, "SELECT group_concat(text) FROM notes")));
        Assert.Equal(
            ["t01 Reverted 1 False", "t02 Reverted 2 True", "t03 Reverted 2 True"],
            TenantApp.StepOf(up).Tenants.OrderBy(static result => result.Id, StringComparer.Ordinal).Select(static result => $"{result.Id} {result.Outcome} {result.Migrations} {result.Backup is not null}"));
    }

    [Fact]
    public async Task Those_that_have_nothing_yet_are_backed_up_as_well_and_have_nothing_afterwards()
    {
        File.Delete(Path.Combine(_app.App.Folder, "tenant-migrations", "0001_notes.down.sql"));
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");

        var up = await _app.App.UpAsync();

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Null(_app.Scalar(tenant, "SELECT 1 FROM sqlite_master WHERE name = 'notes'")));
        Assert.All(Backups("Tenants"), static backup => Assert.Empty(backup.Schema));
    }

    [Fact]
    public async Task What_a_backup_is_to_take_back_it_takes_back_by_a_binary_that_takes_none_too()
    {
        await _app.SucceedAsync();
        NoWayBack();
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");
        _app.More = deployment => deployment.AddStep(
            new Meddle(() => _app.Execute("t05", "INSERT INTO notes (text) VALUES ('written since')")), static step => step.After = DeploymentSteps.Activate);
        Assert.Equal(DeploymentOutcome.NeedsAttention, (await _app.App.UpAsync("2.0.0")).Outcome);
        var meddles = _app.More;
        _app.More = deployment =>
        {
            meddles(deployment);
            deployment.WithoutBackup("not any more");
        };

        var abort = await _app.App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { AcceptDataLoss = true }, token));

        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.Equal("0001", _app.Applied("t05"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Backups_go_back_before_the_release_that_was_live_goes_live_again_and_down_scripts_behind_it(bool hasWayBack)
    {
        var live = new Live(() => _app.Applied("t01"));
        _app.More = deployment =>
        {
            deployment.Host.Services.AddSingleton(live);
            deployment.UseActivator<Watched>();
        };
        await _app.SucceedAsync();
        if (hasWayBack) _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        else NoWayBack();
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.Equal(["1.0.0 over 0001", "2.0.0 over 0001 0002", hasWayBack ? "1.0.0 over 0001 0002" : "1.0.0 over 0001"], live.Moments);
    }

    [Fact]
    public async Task Rows_written_since_in_one_keep_that_one_from_going_back_until_their_loss_is_accepted_and_then_a_copy_is_kept()
    {
        await _app.SucceedAsync();
        NoWayBack();
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");
        _app.More = deployment => deployment.AddStep(
            new Meddle(() => _app.Execute("t05", "INSERT INTO notes (text) VALUES ('written since')")), static step => step.After = DeploymentSteps.Activate);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.NeedsAttention, string.Join('\n', up.Messages));
        var fault = Assert.Single(up.Messages, static message => message.Code == "DTK7352");
        Assert.StartsWith("1 of 12 tenants of 'Tenants' could not be taken back: 't05': ", fault.Text, StringComparison.Ordinal);
        Assert.Contains("1 row (notes: 1)", fault.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy abort --environment Development --accept-data-loss'", fault.Text, StringComparison.Ordinal);
        Assert.Equal("0001 0002", _app.Applied("t05"));
        Assert.All(_app.Tenants.Where(static tenant => tenant != "t05"), tenant => Assert.Equal("0001", _app.Applied(tenant)));

        var abort = await _app.App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { AcceptDataLoss = true }, token));
        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', abort.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.Equal("first", _app.Scalar("t05", "SELECT group_concat(text) FROM notes"));
        var kept = Assert.Single(Backups("Tenants"), backup => backup.Name == up.Run!.Id + "-before");
        Assert.Equal("t05", kept.Tenant);
    }

    [Fact]
    public async Task Where_a_backup_fails_nothing_is_migrated_there()
    {
        await _app.SucceedAsync();
        NoWayBack();
        _app.Careful = static tenants => tenants.FirstAlone("t02").StopAfter(5);
        // A file stands where the tenant's folder would be.
        var folder = Path.Combine(_app.App.Folder, ".deployment", "development", "backups", "Tenants");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, Toolkit.Tenants.TenantBackups.FolderOf("t07")), "in the way", Token);

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        var failed = Assert.Single(TenantApp.StepOf(up).Tenants, static result => result.Outcome == TenantOutcome.Failed);
        Assert.Equal(("t07", 0), (failed.Id, failed.Migrations));
        Assert.Contains("[DTK", failed.Error, StringComparison.Ordinal);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
    }

    [Fact]
    public async Task One_that_goes_away_before_its_backup_is_left_out_where_that_was_declared()
    {
        await _app.SucceedAsync();
        var onFirst = new OnFirst(() => File.WriteAllText(_app.FileOf("t08"), "no database at all, but long enough to be taken for one by its size only"));
        _app.More = deployment =>
        {
            deployment.Host.Services.AddSingleton(onFirst);
            deployment.AddMigrations(static m => m.Add<CallFirst>());
        };
        _app.Careful = static tenants => tenants.SkipUnreachable();

        var up = await _app.SucceedAsync("2.0.0");

        var results = TenantApp.StepOf(up).Tenants.ToLookup(static result => result.Outcome, static result => result.Id);
        Assert.Equal(["t08"], results[TenantOutcome.LeftOut]);
        Assert.Equal(11, results[TenantOutcome.Migrated].Count());
        Assert.DoesNotContain(Backups("Tenants"), static backup => backup.Tenant == "t08");
    }

    [Fact]
    public async Task Without_backups_a_migration_without_a_way_back_can_only_go_forward()
    {
        _app.More = static deployment => deployment.WithoutBackup("the storage takes snapshots");
        await _app.SucceedAsync();
        NoWayBack();

        var plan = await _app.PlanAsync("2.0.0");

        Assert.False(Assert.Single(plan.Plan!.Tenants![0].Groups).IsBackedUp);
        Assert.Contains("migration Tenants: 0002_more cannot be taken back: it has no way back of its own, and no backup is taken: the storage takes snapshots", plan.Plan.Risks);
        var up = await _app.SucceedAsync("2.0.0");
        Assert.Equal("it has no way back of its own, and no backup is taken: the storage takes snapshots", up.Plan!.Steps.Single(static step => step.Name == "migrate:Tenants").Irreversible);
        Assert.Empty(Backups("Tenants"));
    }

    [Fact]
    public async Task Encrypted_ones_go_back_as_well_and_without_the_key_nothing_is_migrated()
    {
        await _app.SucceedAsync();
        NoWayBack();
        _app.More = static deployment => deployment.ConfigureBackups(static backups => backups.KeySetting = "Key");
        var refused = await _app.App.UpAsync("2.0.0");
        Assert.True(refused.Outcome == DeploymentOutcome.Refused, string.Join('\n', refused.Messages));
        Assert.Contains(refused.Messages, static message => message.Code == "DTK7408");

        _app.App.Settings["Key"] = new string('a', 64);
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");
        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.Equal(12, Backups("Tenants").Count(static backup => backup.IsEncrypted));
    }

    [Fact]
    public async Task A_backup_of_one_tenant_is_put_back_by_its_name_and_the_tenants_id_and_no_others()
    {
        await _app.SucceedAsync();
        NoWayBack();
        var up = await _app.SucceedAsync("2.0.0");
        _app.Execute("t04", "DELETE FROM notes");

        var missing = await _app.App.RunAsync((deployer, _, token) => deployer.RestoreAsync(up.Run!.Id, new RestoreRequest { Database = "Tenants", Tenant = "t99" }, token));
        Assert.Equal("There is no tenant 't99' of 'Tenants'. Did you mean 't09'? Nothing was changed. Correct --tenant.", Assert.Single(missing.Messages).Text);
        var refused = await _app.App.RunAsync((deployer, _, token) => deployer.RestoreAsync(up.Run!.Id, new RestoreRequest { Tenant = "t04" }, token));
        Assert.Equal("DTK7018", Assert.Single(refused.Messages).Code);
        Assert.Contains($"'deploy backup restore {up.Run!.Id} --database Tenants --tenant t04 --environment Development --accept-data-loss'", refused.Messages[0].Text, StringComparison.Ordinal);

        var restored = await _app.App.RunAsync((deployer, _, token) => deployer.RestoreAsync(up.Run.Id, new RestoreRequest { Database = "Tenants", Tenant = "t04", AcceptDataLoss = true }, token));

        Assert.True(restored.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', restored.Messages));
        Assert.Equal(["restore backup:Tenants"], restored.Plan!.Steps.Select(static step => step.Name));
        Assert.Equal($"replace database 'Tenants/t04' by backup {up.Run.Id}", restored.Plan.Steps[0].Effect);
        Assert.Equal(("0001", "first"), (_app.Applied("t04"), _app.Scalar("t04", "SELECT group_concat(text) FROM notes")));
        Assert.Equal(2, Backups("Tenants").Count(static backup => backup.Tenant == "t04"));
        Assert.Equal("0001 0002", _app.Applied("t05"));
        // The tenant is behind, and the next deployment brings it forward.
        Assert.Equal(1, (await _app.SucceedAsync("3.0.0")).Plan!.Tenants![0].Groups.Single(static group => group.Pending == 1).Count);
    }

    [Fact]
    public async Task Another_file_with_a_description_to_match_is_not_put_back()
    {
        await _app.SucceedAsync();
        NoWayBack();
        _app.Execute("t02", "INSERT INTO notes (text) VALUES ('so that the two differ')");
        var up = await _app.SucceedAsync("2.0.0");
        var own = Backups("Tenants").Single(static backup => backup.Tenant == "t01");
        var other = Backups("Tenants").Single(static backup => backup.Tenant == "t02");
        foreach (var end in (string[])["", ".json"]) File.Copy(other.File + end, own.File + end, overwrite: true);

        var refused = await _app.App.RunAsync((deployer, _, token) => deployer.RestoreAsync(up.Run!.Id, new RestoreRequest { Tenant = "t01", AcceptDataLoss = true }, token));

        Assert.True(refused.Outcome == DeploymentOutcome.Refused, string.Join('\n', refused.Messages));
        Assert.Contains("knows it by another SHA-256", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_tenant_keeps_as_many_as_was_said_and_those_of_one_that_is_gone_stay()
    {
        await _app.SucceedAsync();
        using (var before = _app.App.Build())
            foreach (var tenant in _app.Tenants)
                await before.Services.GetRequiredService<DeploymentDatabase>().OfTenant("Tenants", tenant).CreateBackupAsync(Token);
        NoWayBack();
        var up = await _app.SucceedAsync("2.0.0");
        Assert.Equal(24, Backups("Tenants").Count);
        _app.Tenants.Remove("t12");
        using var host = _app.App.Build();

        var pruned = await host.Services.GetRequiredService<DeploymentDatabase>().Of("Tenants").PruneBackupsAsync(new PruneBackupsRequest { Keep = 1 }, Token);

        Assert.True(pruned.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', pruned.Messages));
        Assert.Equal(11, pruned.Backups!.Count(static decision => decision is { IsRemoved: true, Database: "Tenants" }));
        Assert.Contains("Backups of 't12' were not touched", Assert.Single(pruned.Messages).Text, StringComparison.Ordinal);
        Assert.Equal(13, Backups("Tenants").Count);
        Assert.All(Backups("Tenants").Where(static backup => backup.Tenant != "t12"), backup => Assert.Equal(up.Run!.Id, backup.Name));
    }

    [Fact]
    public async Task One_is_taken_by_hand_of_one_tenant()
    {
        await _app.SucceedAsync();
        using var host = _app.App.Build();

        var taken = await host.Services.GetRequiredService<DeploymentDatabase>().OfTenant("Tenants", "t03").CreateBackupAsync(Token);

        Assert.Equal("t03", taken.Tenant);
        Assert.Equal(taken.Name, Assert.Single(host.Services.GetRequiredService<DeploymentDatabase>().OfTenant(null, "t03").GetBackups()).Name);
        Assert.Empty(host.Services.GetRequiredService<DeploymentDatabase>().OfTenant(null, "t04").GetBackups());
    }

    private void NoWayBack() => _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);\nUPDATE notes SET text = upper(text);", null);

    private IReadOnlyList<BackupInfo> Backups(string? name = null)
    {
        using var host = _app.App.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();
        return (name is null ? database : database.Of(name)).GetBackups();
    }

    internal sealed class OnFirst(Action act)
    {
        private Action? _act = act;

        internal void Call() => Interlocked.Exchange(ref _act, null)?.Invoke();
    }

    [Migration("0002", "call", Database = "Tenants")]
    internal sealed class CallFirst(OnFirst first) : Migration
    {
        public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            first.Call();
            return context.ExecuteAsync("CREATE TABLE called (id INTEGER PRIMARY KEY)", cancellationToken);
        }
    }

    private sealed class Live(Func<string> schema)
    {
        internal List<string> Moments { get; } = [];

        internal Release? Release { get; private set; }

        internal void Put(Release release)
        {
            Release = release;
            Moments.Add($"{release} over {schema()}");
        }
    }

    private sealed class Watched(Live live) : ReleaseActivator
    {
        public override string Description => "look at the schema";

        public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken)
        {
            live.Put(release);
            return Task.CompletedTask;
        }

        public override Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(live.Release);
    }

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
