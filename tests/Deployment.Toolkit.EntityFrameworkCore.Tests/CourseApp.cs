using System.Globalization;
using Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

/// <summary>An app with the course context on a SQLite file of its own.</summary>
internal sealed class CourseApp : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("dtk-ef-").FullName;

    internal HealthCheckResult Health { get; set; } = HealthCheckResult.Healthy();

    /// <summary>Where the context keeps its history; <see langword="null"/> where it does by default.</summary>
    internal (string Table, string Schema)? History { get; init; }

    internal string ConnectionString => $"Data Source={Path.Combine(Folder, "courses.db")};Pooling=False";

    internal IHost Build(MigrationsOfRelease release, Action<DbContextMigrationsOptions>? configure = null)
    {
        var builder = Builder(release);
        builder.AddDeployment()
            .UseSqlite(SqliteFactory.Instance, "Courses")
            .AddMigrations(m => m.FromDbContext<CourseContext>(configure))
            .AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero);
        return builder.Build();
    }

    /// <summary>The same without a deployment.</summary>
    internal HostApplicationBuilder Builder(MigrationsOfRelease release)
    {
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = Folder, EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Courses"] = ConnectionString });
        builder.Services.AddHealthChecks().AddCheck("own", () => Health);
        builder.Services.AddSingleton(release);
        builder.Services.AddDbContext<CourseContext>(o => Configure(o, release));
        return builder;
    }

    /// <summary>The same without a database of its own that has migrations.</summary>
    internal IHost Build(MigrationsOfRelease release, Action<DeploymentBuilder> declare)
    {
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = Folder, EnvironmentName = "Development" });
        builder.Services.AddHealthChecks().AddCheck("own", () => Health);
        builder.Services.AddSingleton(release);
        builder.Services.AddDbContext<CourseContext>(o => Configure(o, release));
        declare(builder.AddDeployment().AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero));
        return builder.Build();
    }

    internal CourseContext Context(MigrationsOfRelease? release = null)
    {
        var options = new DbContextOptionsBuilder<CourseContext>();
        Configure(options, release ?? MigrationsOfRelease.All);
        return new CourseContext(options.Options);
    }

    internal async Task<DeploymentResult> UpAsync(MigrationsOfRelease release, Action<DbContextMigrationsOptions>? configure = null)
    {
        using var host = Build(release, configure);
        return await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = release.Version, LockTimeout = TimeSpan.FromSeconds(20) });
    }

    /// <summary>Schema and rows, without the tools' own locks and histories. A rebuild may leave a table's columns in another order.</summary>
    internal string World()
    {
        var tables = Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'deployment_%' AND name <> '__EFMigrationsLock' ORDER BY 1");
        return string.Join('\n', tables.SelectMany(table => (IEnumerable<string>)
        [
            table,
            .. Rows($"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('{table}') ORDER BY 1"),
            .. Rows($"SELECT \"from\", \"table\", \"to\", on_delete FROM pragma_foreign_key_list('{table}') ORDER BY 1"),
            .. Rows($"SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL ORDER BY 1"),
            .. Rows($"SELECT {string.Join(", ", Rows($"SELECT name FROM pragma_table_info('{table}') ORDER BY 1").Select(static name => $"\"{name}\""))} FROM \"{table}\" ORDER BY 1, 2"),
        ]));
    }

    internal List<string> Rows(string sql)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    internal List<string> HistoryOfEf() => Rows($"SELECT MigrationId FROM \"{History?.Table ?? "__EFMigrationsHistory"}\" ORDER BY 1");

    internal List<string> Applied() => Rows("SELECT version || '_' || name FROM deployment_migrations ORDER BY sequence");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Configure(DbContextOptionsBuilder options, MigrationsOfRelease release)
    {
        options.UseSqlite(ConnectionString, sqlite => _ = History is { } history ? sqlite.MigrationsHistoryTable(history.Table, history.Schema) : sqlite);
        options.ReplaceService<IMigrationsAssembly, ReleaseMigrations>();
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new ReleaseExtension(release));
    }
}
