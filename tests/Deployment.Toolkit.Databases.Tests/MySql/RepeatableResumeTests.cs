using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>A repeatable script that was cut off between two statements is run again, or gives way to what was applied before it.</summary>
public sealed class RepeatableResumeTests(MySqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_off_at_any_moment_it_goes_on_or_goes_back(bool goesOn)
    {
        var died = 0;
        for (var number = 1; ; number++)
        {
            await using var database = await server.CreateDatabaseAsync();
            using var trial = new MySqlTrial(database);
            await ApplyAsync(trial, trial.Repeatable(View("first"), out var known), known);
            var second = trial.Repeatable(View("second"), out known);
            var left = number;
            if (await Moments.DieAsync(_ => --left == 0, () => ApplyAsync(trial, second, known)) is null)
                break;

            died++;
            var rows = await RepeatableHistory.ReadAsync(trial.Target, Token);
            var planned = (second with { Earlier = rows.Rows.First(static row => !row.IsBegun) }).ToPlan();
            if (goesOn)
                await ApplyAsync(trial, second, known);
            else if (await ReadableHistory.ToUndoAsync(trial.Target, planned, Token) is { } applied)
                await UndoAsync(trial, applied, known);

            Assert.Equal(goesOn ? "second" : "first", await database.ScalarAsync("SELECT says FROM names"));
            Assert.Equal(goesOn ? "0 0" : "0", await database.ScalarAsync("SELECT GROUP_CONCAT(begun ORDER BY sequence SEPARATOR ' ') FROM deployment_repeatables"));
        }

        // Begun, two statements, recorded: before and behind each commit.
        Assert.True(died >= 6, $"died {died} times");
    }

    private static string View(string says) => $"DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT '{says}' AS says;\n-- down\nDROP VIEW names;";

    private static async Task ApplyAsync(MySqlTrial trial, MigrationDefinition migration, MigrationSet known)
    {
        await using var connection = trial.Connect(known, out var runner);
        await runner.ApplyAsync(migration, connection, keepContents: false, Token);
    }

    private static async Task UndoAsync(MySqlTrial trial, AppliedMigration applied, MigrationSet known)
    {
        await using var connection = trial.Connect(known, out var runner);
        await runner.UndoAsync(applied, connection, static (_, _, _, _) => Task.CompletedTask, Token);
    }
}
