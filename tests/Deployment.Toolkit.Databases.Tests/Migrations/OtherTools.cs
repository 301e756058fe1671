using System.Data.Common;
using DbUp;
using EvolveDb.Configuration;
using FluentMigrator;
using FluentMigrator.Runner;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Migrations;

/// <summary>Migrates a database as a team did before: with another tool, whose own history then stands in it.</summary>
internal static class OtherTools
{
    internal const string Items = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);";

    internal const string Notes = "CREATE TABLE notes (id INTEGER PRIMARY KEY);";

    /// <summary>Applies both with the tool itself, or where it is no .NET library writes what it writes.</summary>
    internal static async Task MigrateAsync(string tool, TargetUnderTest database)
    {
        switch (tool)
        {
            case "dbup":
                // As a resource of an assembly would be called.
                var engine = (database is SqliteUnderTest ? DeployChanges.To.SqliteDatabase(database.ConnectionString) : DeployChanges.To.PostgresqlDatabase(database.ConnectionString))
                    .WithScript("Shop.V2.Scripts.Script0001 - Items.sql", Items)
                    .WithScript("Shop.V2.Scripts.Script0002 - Notes.sql", Notes)
                    .LogToNowhere()
                    .Build();
                var result = engine.PerformUpgrade();
                Assert.True(result.Successful, result.Error?.ToString());
                break;
            case "fluentmigrator":
                await using (var services = new ServiceCollection().AddFluentMigratorCore().ConfigureRunner(runner =>
                {
                    runner = database is SqliteUnderTest ? runner.AddSQLite() : runner.AddPostgres();
                    runner.WithGlobalConnectionString(database.ConnectionString).ScanIn(typeof(OtherTools).Assembly).For.Migrations();
                }).BuildServiceProvider())
                {
                    services.GetRequiredService<IMigrationRunner>().MigrateUp();
                }

                break;
            case "evolve":
                await EvolveAsync(database, Items, Notes);
                break;
            case "flyway":
                // Its own statement, as its documentation shows the table.
                await ExecuteAsync(database, Items + Notes + """
                    CREATE TABLE flyway_schema_history (installed_rank INTEGER NOT NULL PRIMARY KEY, version VARCHAR(50), description VARCHAR(200) NOT NULL,
                        type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INTEGER, installed_by VARCHAR(100) NOT NULL,
                        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, execution_time INTEGER NOT NULL, success BOOLEAN NOT NULL);
                    INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success) VALUES
                        (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'app', 0, TRUE),
                        (2, '2', 'notes', 'SQL', 'V2__notes.sql', 2, 'app', 5, TRUE), (3, '3', 'more', 'SQL', 'V3__more.sql', 3, 'app', 5, TRUE),
                        (4, '3', 'more', 'UNDO_SQL', 'U3__more.sql', 3, 'app', 5, TRUE), (5, NULL, 'views', 'SQL', 'R__views.sql', 4, 'app', 5, TRUE);
                    """);
                break;
            default:
                await ExecuteAsync(database, Items + Notes + """
                    CREATE TABLE "__EFMigrationsHistory" ("MigrationId" VARCHAR(150) NOT NULL PRIMARY KEY, "ProductVersion" VARCHAR(32) NOT NULL);
                    INSERT INTO "__EFMigrationsHistory" VALUES ('0001_Items', '10.0.15'), ('0002_Notes', '10.0.15');
                    """);
                break;
        }
    }

    /// <summary>Has Evolve run scripts, which it numbers from 1.</summary>
    internal static async Task EvolveAsync(TargetUnderTest database, params string[] scripts)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-evolve-").FullName;
        try
        {
            for (var i = 0; i < scripts.Length; i++)
                await File.WriteAllTextAsync(Path.Combine(folder, $"V{i + 1}__step.sql"), scripts[i]);
            await using DbConnection connection = database is SqliteUnderTest ? new SqliteConnection(database.ConnectionString) : new NpgsqlConnection(database.ConnectionString);
            var evolve = new EvolveDb.Evolve(connection, static _ => { }) { Locations = [folder], TransactionMode = TransactionKind.CommitEach };
            evolve.Migrate();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static async Task ExecuteAsync(TargetUnderTest database, string sql)
    {
        await using DbConnection connection = database is SqliteUnderTest ? new SqliteConnection(database.ConnectionString) : new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

[Migration(1, "items")]
public sealed class ItemsOfFluentMigrator : FluentMigrator.Migration
{
    public override void Up() => Execute.Sql(OtherTools.Items);

    public override void Down() => Delete.Table("items");
}

[Migration(2, "notes")]
public sealed class NotesOfFluentMigrator : FluentMigrator.Migration
{
    public override void Up() => Execute.Sql(OtherTools.Notes);

    public override void Down() => Delete.Table("notes");
}
