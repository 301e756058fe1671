using System.Globalization;
using System.Net.Http.Json;
using ContentApi.Migrations;
using Deployment.Toolkit;
using Deployment.Toolkit.Migrations;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ContentApi.Tests;

/// <summary>Every way that the sample goes back: it ends where it began and keeps what people wrote.</summary>
public sealed class WayBackTests : IDisposable
{
    private const int Last = 6;
    private readonly ContentFolder _folder = new();

    private SqliteFile Database => _folder.Database;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_migration_goes_back_to_the_schema_and_rows_before_it_and_forward_again()
    {
        for (var version = 1; version <= Last; version++)
        {
            var before = Database.Dump();
            await ApplyAsync(version);
            var after = Database.Dump();
            await UndoAsync(version);
            Assert.Equal(before, Database.Dump());

            await ApplyAsync(version);
            Assert.Equal(after, Database.Dump());
            WriteRows(version);
        }

        for (var version = Last; version >= 1; version--) await UndoAsync(version);
        Assert.Equal("", Database.Schema());
    }

    [Fact]
    public async Task Undoing_the_samples_keeps_what_people_made_with_them()
    {
        for (var version = 1; version <= 5; version++) await ApplyAsync(version);
        Execute("INSERT INTO generated_content (template_id, user_id, body, created_at) VALUES (3, 4, 'by hand', '2026-04-01T10:00:00Z')");
        Execute("INSERT INTO quality_assessments (content_id, score, assessed_by, assessed_at) VALUES (15, 0.9, 'Dr Haddad', '2026-04-02T10:00:00Z')");
        var full = Database.Dump();

        await UndoAsync(5);
        var left = Database.Query("SELECT t.title, u.email, c.body, q.score FROM generated_content c JOIN content_templates t ON t.id = c.template_id JOIN users u ON u.id = c.user_id JOIN quality_assessments q ON q.content_id = c.id");
        await ApplyAsync(5);

        Assert.Equal(["Times tables to twelve", "authors@publisher.example", "by hand", 0.9], Assert.Single(left));
        Assert.Equal(12L, Database.Scalar("SELECT count(*) FROM users"));
        Assert.Equal(15L, Database.Scalar("SELECT count(*) FROM generated_content"));
        Assert.Equal(full.Split('\n').Length, Database.Dump().Split('\n').Length);
    }

    [Fact]
    public async Task A_deployment_that_is_not_good_enough_leaves_schema_and_rows_as_they_were()
    {
        await DeployFirstMigrationsAsync(count: 5, "1.0.0");
        Execute("INSERT INTO generated_content (template_id, user_id, body, created_at) VALUES (1, 1, 'Nucleus: keeps the plans.', '2026-04-01T10:00:00Z')");
        var before = Database.Dump();
        await using var host = new ContentApiHost(_folder, ("Content:Provider:Quality", "0.4"));

        var result = await host.DeployAsync("1.1.0");

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal(["0006"], result.Plan!.Migrations.Select(static migration => migration.Version));
        Assert.Contains(result.Messages, static message => message.Text.Contains("quality 0.40 is below the threshold of 0.70", StringComparison.Ordinal));
        Assert.Equal(before, Database.Dump());
    }

    [Fact]
    public async Task A_rollback_asks_before_it_takes_the_newer_schema_back_and_keeps_what_people_wrote()
    {
        await DeployFirstMigrationsAsync(count: 4, "1.0.0");
        var schema = Database.Schema();
        await using var host = new ContentApiHost(_folder);
        Assert.Equal(DeploymentOutcome.Succeeded, (await host.DeployAsync("1.1.0")).Outcome);
        var made = await host.CreateClient().PostAsJsonAsync("/content/generate", new { templateId = 7, userId = 1, topic = "Buffers" }, TestContext.Current.CancellationToken);
        made.EnsureSuccessStatusCode();

        // The way back deletes by a condition: how many of the new rows that meets, only running it tells.
        var asked = await host.RollBackAsync();
        Assert.Equal((DeploymentOutcome.Refused, "DTK7018"), (asked.Outcome, Assert.Single(asked.Messages).Code));
        var result = await host.RollBackAsync(acceptDataLoss: true);

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
        Assert.Equal(schema, Database.Schema());
        var left = Assert.Single(Database.Query("SELECT u.display_name, t.title, c.body FROM generated_content c JOIN users u ON u.id = c.user_id JOIN content_templates t ON t.id = c.template_id"));
        Assert.Equal(("Ms Okafor", "Acids and bases"), ((string)left[0], (string)left[1]));
        Assert.StartsWith("Buffers: ", (string)left[2], StringComparison.Ordinal);
    }

    /// <summary>An earlier release: the same app when it had fewer migrations.</summary>
    private async Task DeployFirstMigrationsAsync(int count, string release)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "earlier", "Migrations")).FullName;
        foreach (var (name, text) in Scripts().Where(script => int.Parse(script.Name[..4], CultureInfo.InvariantCulture) <= count))
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development", ContentRootPath = _folder.Path });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:Content", $"Data Source={Database.File}")]);
        builder.AddDeployment().UseSqlite(SqliteFactory.Instance, "Content").AddMigrations(m => m.FromDirectory(folder))
            .AddHealthGate(static h => h.Nothing("these tests end where the migrations do"));
        using var host = builder.Build();

        var result = await ((Deployer)host.Services.GetService(typeof(Deployer))!).UpAsync(new UpRequest { Release = release }, TestContext.Current.CancellationToken);

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
    }

    private Task ApplyAsync(int version) => version == Last
        ? InTransactionAsync(static async context =>
        {
            await new CountWords().UpAsync(context, TestContext.Current.CancellationToken);
            await new CountWords().VerifyAsync(context, TestContext.Current.CancellationToken);
        })
        : InTransactionAsync(context => context.ExecuteAsync(Script(version, isDown: false), TestContext.Current.CancellationToken));

    private Task UndoAsync(int version) => version == Last
        ? InTransactionAsync(static context => new CountWords().DownAsync(context, TestContext.Current.CancellationToken))
        : InTransactionAsync(context => context.ExecuteAsync(Script(version, isDown: true), TestContext.Current.CancellationToken));

    private async Task InTransactionAsync(Func<MigrationContext, Task> work)
    {
        await using var connection = Database.Open();
        await using var transaction = connection.BeginTransaction();
        await work(new MigrationContext { Connection = connection, Transaction = transaction });
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Rows that a later migration finds and must leave alone.</summary>
    private void WriteRows(int version)
    {
        var sql = version switch
        {
            1 => "INSERT INTO users (email, display_name, role, created_at) VALUES ('own@school.example', 'Own', 'teacher', '2026-01-01T00:00:00Z')",
            2 => """
                INSERT INTO content_templates (kind, subject, level, title, prompt) VALUES ('quiz', 'music', 'primary', 'Own', 'Own prompt');
                INSERT INTO generated_content (template_id, user_id, body, created_at) VALUES (1, 1, 'own words', '2026-03-02T10:00:00Z');
                """,
            3 => "INSERT INTO quality_assessments (content_id, score, assessed_by, assessed_at) VALUES (1, 0.5, 'own', '2026-01-02T00:00:00Z')",
            4 => "INSERT INTO ai_provider_usage (content_id, provider, input_tokens, output_tokens, cost, used_at) VALUES (1, 'own', 1, 2, 0.1, '2026-01-02T00:00:00Z')",
            _ => "",
        };
        if (sql.Length > 0) Execute(sql);
    }

    private void Execute(string sql) => Database.Query(sql);

    private static string Script(int version, bool isDown) =>
        Scripts().Single(script => script.Name.StartsWith(version.ToString("D4", CultureInfo.InvariantCulture), StringComparison.Ordinal) && script.Name.EndsWith(".down.sql", StringComparison.Ordinal) == isDown).Text;

    private static IEnumerable<(string Name, string Text)> Scripts()
    {
        var assembly = typeof(CountWords).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(static name => name.EndsWith(".sql", StringComparison.Ordinal) && !name.Contains(".postgresql.", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[(resource.IndexOf("Migrations.", StringComparison.Ordinal) + "Migrations.".Length)..], reader.ReadToEnd());
        }
    }
}
