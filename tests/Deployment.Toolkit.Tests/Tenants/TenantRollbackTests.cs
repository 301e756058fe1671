using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>Tenants' databases on the way back to an earlier release, where what they have has no way back of its own.</summary>
public sealed class TenantRollbackTests : IDisposable
{
    private readonly TenantApp _app = new(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Each_goes_back_by_its_own_backup_and_before_the_release_that_goes_live()
    {
        var up = await DeployWithoutWayBackAsync();

        var back = await _app.App.RollbackAsync();

        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Equal(["revert migrate:Tenants", "activate", "verify health", "mark verified"], back.Plan!.Steps.Select(static step => step.Name));
        var planned = back.Plan.Tenants![0];
        Assert.Equal(["4 1 True"], planned.Groups.Select(static group => $"{group.Count} {group.Pending} {group.IsRestored}"));
        Assert.Equal(_app.Tenants.Select(tenant => $"{tenant} {up}"), planned.Backups!.Select(static pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal));
        Assert.All(_app.Tenants, tenant => Assert.Equal(("0001", "first"), (_app.Applied(tenant), _app.Scalar(tenant, "SELECT group_concat(text) FROM notes"))));
        Assert.All(TenantApp.StepOf(back).Tenants, static result => Assert.Equal((TenantOutcome.Reverted, 1), (result.Outcome, result.Migrations)));

        // And the next release goes up again from there.
        await _app.SucceedAsync("3.0.0");
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
    }

    [Fact]
    public async Task Those_of_which_all_has_a_way_back_keep_what_was_written_while_others_go_back_by_their_backups()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        await _app.SucceedAsync("2.0.0");
        _app.Migration("0003_words", "UPDATE notes SET text = 'changed';", null);
        _app.Careful = static tenants => tenants.SkipUnreachable();
        File.Move(_app.FileOf("t04"), _app.FileOf("t04") + ".away");
        Directory.CreateDirectory(_app.FileOf("t04"));
        await _app.SucceedAsync("3.0.0");
        Directory.Delete(_app.FileOf("t04"));
        File.Move(_app.FileOf("t04") + ".away", _app.FileOf("t04"));
        _app.Execute("t04", "INSERT INTO notes (text) VALUES ('kept')");

        var back = await _app.App.RollbackAsync(to: "1.0.0");

        // What held both is in no backup: the one from before the third has the second.
        Assert.Equal(DeploymentOutcome.Refused, back.Outcome);
        var fault = Assert.Single(back.Messages);
        Assert.Equal("DTK7017", fault.Code);
        Assert.Contains("0003_words in 't01', 't02', 't03'.", fault.Text, StringComparison.Ordinal);
        Assert.Contains("3 tenants 't01', 't02', 't03': there is none with the migrations up to 0001 alone.", fault.Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants.Take(3), tenant => Assert.Equal("0001 0002 0003", _app.Applied(tenant)));

        var one = await _app.App.RollbackAsync();
        Assert.True(one.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', one.Messages));
        Assert.Equal(["3 1 True", "1 0 False"], one.Plan!.Tenants![0].Groups.Select(static group => $"{group.Count} {group.Pending} {group.IsRestored}"));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
        Assert.Equal("first,kept", _app.Scalar("t04", "SELECT group_concat(text) FROM notes"));
    }

    [Fact]
    public async Task Rows_written_since_are_counted_over_all_of_them_and_kept_once_their_loss_is_accepted()
    {
        await DeployWithoutWayBackAsync();
        _app.Execute("t02", "INSERT INTO notes (text) VALUES ('since'), ('since')");
        _app.Execute("t03", "INSERT INTO notes (text) VALUES ('since')");

        var refused = await _app.App.RollbackAsync();
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var fault = Assert.Single(refused.Messages);
        Assert.Equal("DTK7018", fault.Code);
        Assert.Contains("3 rows (notes: 3) that were written since, in 2 tenants 't02', 't03'.", fault.Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));

        var back = await _app.App.RollbackAsync(acceptDataLoss: true);
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal(("0001", "first"), (_app.Applied(tenant), _app.Scalar(tenant, "SELECT group_concat(text) FROM notes"))));
        Assert.Equal(["t02", "t03"], Backups().Where(backup => backup.Name == back.Run!.Id + "-before").Select(static backup => backup.Tenant).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_to_which_somebody_writes_while_the_others_go_back_is_named_and_gone_on_with_alone()
    {
        await DeployWithoutWayBackAsync();
        var planned = Planned();
        // They are looked for by the plan, and then by the run.
        _app.Found = () =>
        {
            if (Planned() == planned) return;
            _app.Found = static () => { };
            _app.Execute("t03", "INSERT INTO notes (text) VALUES ('meanwhile')");
        };

        var back = await _app.App.RollbackAsync();
        Assert.True(back.Outcome == DeploymentOutcome.NeedsAttention, string.Join('\n', back.Messages));
        var fault = Assert.Single(back.Messages, static message => message.Code == "DTK7352");
        Assert.StartsWith("1 of 4 tenants of 'Tenants' could not be taken back: 't03': ", fault.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy resume --environment Development --accept-data-loss'", fault.Text, StringComparison.Ordinal);
        Assert.Equal("0001 0002", _app.Applied("t03"));
        // What is written to the others by now is theirs to keep.
        _app.Execute("t01", "INSERT INTO notes (text) VALUES ('behind it')");

        var resumed = await _app.App.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request with { AcceptDataLoss = true }, token));
        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', resumed.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.Equal(("first,behind it", "first"), (_app.Scalar("t01", "SELECT group_concat(text) FROM notes"), _app.Scalar("t03", "SELECT group_concat(text) FROM notes")));
    }

    [Fact]
    public async Task A_backup_whose_bytes_are_others_takes_nobody_back_and_the_plan_says_whose_it_is()
    {
        await DeployWithoutWayBackAsync();
        var backup = Assert.Single(Backups(), static backup => backup.Tenant == "t02");
        await File.AppendAllTextAsync(backup.File, "x", Token);

        var refused = await _app.App.RollbackAsync();

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("0002_more in 't02'. No backup takes them back: Tenant 't02': Backup", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
    }

    [Fact]
    public async Task What_a_rollback_needs_is_not_pruned()
    {
        var up = await DeployWithoutWayBackAsync();
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);\nUPDATE notes SET text = 'again';", null);
        var last = await _app.SucceedAsync("3.0.0");

        using (var host = _app.App.Build())
        {
            var pruned = await host.Services.GetRequiredService<DeploymentDatabase>().Of("Tenants").PruneBackupsAsync(new PruneBackupsRequest { Keep = 1 }, Token);
            Assert.True(pruned.Outcome is DeploymentOutcome.NothingToDo, string.Join('\n', pruned.Messages));
        }

        Assert.Equal(8, Backups().Count);
        var back = await _app.App.RollbackAsync(to: "1.0.0");
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.All(back.Plan!.Tenants![0].Backups!.Values, name => Assert.Equal(up, name));
        Assert.NotEqual(up, last.Run!.Id);
        Assert.All(_app.Tenants, tenant => Assert.Equal(("0001", "first"), (_app.Applied(tenant), _app.Scalar(tenant, "SELECT group_concat(text) FROM notes"))));
    }

    private IReadOnlyList<BackupInfo> Backups()
    {
        using var host = _app.App.Build();
        return host.Services.GetRequiredService<DeploymentDatabase>().Of("Tenants").GetBackups();
    }

    private int Planned() => File.ReadLines(_app.App.JournalFile()).Count(static line => line.Contains("\"kind\":\"runPlanned\"", StringComparison.Ordinal));

    // The run that applied it.
    private async Task<string> DeployWithoutWayBackAsync()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);\nUPDATE notes SET text = 'changed';", null);
        return (await _app.SucceedAsync("2.0.0")).Run!.Id;
    }
}
