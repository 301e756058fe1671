using FluentMigrator;
using FluentMigrator.Infrastructure;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Microsoft.Extensions.DependencyInjection;

namespace Benchmarks.Tools;

/// <summary>Its migrations are classes: each runs a script of the folder.</summary>
internal sealed class FluentMigratorTool : Contestant
{
    internal override string Name => "FluentMigrator";

    internal override async Task RunAsync(Place place)
    {
        var services = new ServiceCollection().AddFluentMigratorCore().ConfigureRunner(runner =>
            (place.IsPostgreSql ? runner.AddPostgres() : runner.AddSQLite()).WithGlobalConnectionString(place.ConnectionString));
        services.AddScoped<IMigrationInformationLoader>(_ => new Scripts(place.Scripts));
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();
    }

    private sealed class Scripts(string folder) : IMigrationInformationLoader
    {
        public SortedList<long, IMigrationInfo> LoadMigrations()
        {
            var all = new SortedList<long, IMigrationInfo>();
            foreach (var file in Directory.EnumerateFiles(folder, "*.sql"))
            {
                var version = long.Parse(Path.GetFileName(file).Split('_')[0], System.Globalization.CultureInfo.InvariantCulture);
                all.Add(version, new MigrationInfo(version, TransactionBehavior.Default, new Script(file)));
            }

            return all;
        }
    }

    private sealed class Script(string file) : Migration
    {
        public override void Up() => Execute.Sql(File.ReadAllText(file));

        public override void Down() => throw new NotSupportedException();
    }
}
