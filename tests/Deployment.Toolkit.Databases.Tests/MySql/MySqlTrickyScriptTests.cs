using System.Globalization;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>Every script works as the mysql client would have it work, or is refused before anything is begun, with its place.</summary>
public sealed class MySqlTrickyScriptTests(MySqlServer server)
{
    private const string Targets = """
        CREATE TABLE target (id int);
        CREATE TABLE keyed (id int PRIMARY KEY);
        CREATE TABLE keyed_parent (id int PRIMARY KEY);
        CREATE TABLE keyed_child (id int REFERENCES keyed_parent (id));
        CREATE TABLE held (id int);
        CREATE TABLE short (t varchar(5));
        INSERT INTO keyed_parent VALUES (1);
        INSERT INTO keyed_child VALUES (1);
        INSERT INTO held VALUES (1);
        CREATE PROCEDURE answers() BEGIN SELECT 1; SELECT 2; END;
        """;

    public static TheoryData<string> Applied => [.. MySqlTrickyScripts.Applied.Select(static script => script.Name)];

    public static TheoryData<string> Refused => [.. MySqlTrickyScripts.Refused.Select(static script => script.Name)];

    public static TheoryData<string> Failing => [.. MySqlTrickyScripts.Failing.Select(static script => script.Name)];

    [Theory]
    [MemberData(nameof(Applied))]
    public async Task A_script_is_applied_as_it_is_meant(string name)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(Targets);
        using var trial = new MySqlTrial(database);
        var (_, script, question, answer) = MySqlTrickyScripts.Applied.Single(script => script.Name == name);

        await trial.ApplyAsync(script, TestContext.Current.CancellationToken);

        Assert.Equal(answer, await database.ScalarAsync(question));
        Assert.Equal("1", await database.ScalarAsync("SELECT COUNT(*) FROM deployment_migrations"));
        Assert.Equal("deployment_migrations", await database.ScalarAsync("SELECT GROUP_CONCAT(table_name) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'deployment%'"));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_script_that_cannot_work_is_refused_with_its_place(string name)
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new MySqlTrial(database);
        var (_, script, place, text) = MySqlTrickyScripts.Refused.Single(script => script.Name == name);

        var fault = trial.Check(script)[0];

        Assert.Equal(place, $"{fault.Line}:{fault.Column}");
        Assert.Contains(text, fault.Text, StringComparison.Ordinal);
        Assert.Equal($"{new string(' ', fault.Column!.Value - 1)}^", fault.Excerpt!.Split('\n')[1]);
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task What_the_server_refuses_is_told_with_its_place_and_nothing_counts_as_applied(string name)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(Targets);
        using var trial = new MySqlTrial(database);
        await using var other = await database.OpenAsync();
        await using (var command = other.CreateCommand())
        {
            command.CommandText = "BEGIN; SELECT id FROM held FOR UPDATE";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (_, script, place, text) = MySqlTrickyScripts.Failing.Single(script => script.Name == name);
        var failure = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync(script, TestContext.Current.CancellationToken));

        Assert.Equal(place, string.Create(CultureInfo.InvariantCulture, $"{failure.Messages[0].Line}:{failure.Messages[0].Column}"));
        Assert.Contains(text, failure.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("0", await database.ScalarAsync("SELECT COUNT(*) FROM target"));
        Assert.Equal("0", await database.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'deployment_migrations'"));
    }
}
