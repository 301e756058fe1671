using System.Globalization;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

/// <summary>Every script works as psql would have it work, or is refused before anything is begun, with its place.</summary>
public sealed class TrickyScriptTests(PostgreSqlServer server)
{
    // What scripts outside a transaction work on, which can't make it themselves.
    private const string Targets = """
        CREATE TABLE pg_temp_target (id int, name text);
        CREATE TYPE target_kind AS ENUM ('old');
        CREATE TABLE target_parts (id int) PARTITION BY LIST (id);
        CREATE TABLE target_part PARTITION OF target_parts FOR VALUES IN (1);
        CREATE TABLE held_by_another (id int);
        """;

    public static TheoryData<string> Applied => [.. TrickyScripts.Applied.Select(static script => script.Name)];

    public static TheoryData<string> Refused => [.. TrickyScripts.Refused.Select(static script => script.Name)];

    public static TheoryData<string> Failing => [.. TrickyScripts.Failing.Select(static script => script.Name)];

    [Theory]
    [MemberData(nameof(Applied))]
    public async Task A_script_is_applied_as_it_is_meant(string name)
    {
        await using var database = await server.CreateDatabaseAsync();
        database.IsPooled = true;
        await database.ExecuteAsync(Targets);
        using var trial = new ScriptTrial(database);
        var (_, script, question, answer) = TrickyScripts.Applied.Single(script => script.Name == name);

        await trial.ApplyAsync(Named(script, database), TestContext.Current.CancellationToken);

        Assert.Equal(answer is null ? null : Named(answer, database), await database.ScalarAsync(Named(question, database)));
        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM public.deployment_migrations"));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_script_that_cannot_work_is_refused_with_its_place(string name)
    {
        await using var database = await server.CreateDatabaseAsync();
        database.IsPooled = true;
        using var trial = new ScriptTrial(database);
        var (_, script, place, text) = TrickyScripts.Refused.Single(script => script.Name == name);

        var fault = trial.Check(script)[0];

        Assert.Equal(place, $"{fault.Line}:{fault.Column}");
        Assert.Contains(text, fault.Text, StringComparison.Ordinal);
        Assert.Equal($"{new string(' ', fault.Column!.Value - 1)}^", fault.Excerpt!.Split('\n')[1]);
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task What_the_server_refuses_is_told_with_its_place_and_leaves_nothing(string name)
    {
        await using var database = await server.CreateDatabaseAsync();
        database.IsPooled = true;
        await database.ExecuteAsync(Targets);
        using var trial = new ScriptTrial(database);
        await using var other = await database.OpenAsync();
        await using var held = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = other.CreateCommand())
        {
            command.CommandText = "LOCK TABLE held_by_another";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (_, script, place, text) = TrickyScripts.Failing.Single(script => script.Name == name);
        var failure = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync(script, TestContext.Current.CancellationToken));

        Assert.Equal(place, string.Create(CultureInfo.InvariantCulture, $"{failure.Messages[0].Line}:{failure.Messages[0].Column}"));
        Assert.Contains(text, failure.Messages[0].Text, StringComparison.Ordinal);
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('public.deployment_migrations')::text"));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('a')::text"));
    }

    // Roles and databases are the whole server's.
    private static string Named(string text, PostgreSqlDatabase database) => text.Replace("{0}", database.Name, StringComparison.Ordinal);
}
