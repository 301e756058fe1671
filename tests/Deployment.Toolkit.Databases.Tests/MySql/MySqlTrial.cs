using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using TestDatabase = Deployment.Toolkit.Databases.Testing.MySqlDatabase;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>Applies one script as a deployment does, without the deployment around it.</summary>
internal sealed class MySqlTrial : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-script-").FullName;
    private readonly MySqlDialect _dialect = new();
    private readonly string _name;

    internal MySqlTrial(TestDatabase database)
    {
        Target = _dialect.Open(() => new MySqlConnection(database.ConnectionString), _folder);
        _name = "0001_" + Path.GetFileName(_folder);
    }

    private static ServiceProvider Services { get; } = new ServiceCollection().BuildServiceProvider();

    /// <summary>The migration's title, which no other test has.</summary>
    internal string Title => _name;

    internal TargetDatabase Target { get; }

    internal MySqlDialect Dialect => _dialect;

    internal MigrationSet Load(string up, string? down = null)
    {
        File.WriteAllText(Path.Combine(_folder, _name + ".sql"), up);
        if (down is not null)
            File.WriteAllText(Path.Combine(_folder, _name + ".down.sql"), down);
        var sources = new MigrationSources();
        sources.AddDirectory(_folder, isDefault: false);
        return MigrationSet.Load(sources, _dialect, _folder, Services, Target);
    }

    /// <summary>A script that runs again whenever its content is another.</summary>
    internal MigrationDefinition Repeatable(string text, out MigrationSet known)
    {
        File.WriteAllText(Path.Combine(_folder, "R__" + _name + ".sql"), text);
        var sources = new MigrationSources();
        sources.AddDirectory(_folder, isDefault: false);
        known = MigrationSet.Load(sources, _dialect, _folder, Services, Target);
        return Assert.Single(known.Repeatables);
    }

    /// <summary>What is said before anything is begun.</summary>
    internal IReadOnlyList<DeploymentMessage> Check(string up) =>
        [.. Load(up).Faults, .. MigrationSet.CheckScripts(Load(up).All[0])];

    internal async Task ApplyAsync(string up, CancellationToken cancellationToken)
    {
        var known = Load(up);
        Assert.Empty(Check(up));
        await using var connection = Connect(known, out var runner);
        Assert.True(await runner.ApplyAsync(known.All[0], connection, keepContents: false, cancellationToken));
    }

    internal MigrationConnection Connect(MigrationSet known, out MigrationRunner runner, string run = "run", long fence = 1)
    {
        runner = new MigrationRunner(Target, Services, TimeProvider.System, known, TimeSpan.FromSeconds(20), NullLogger.Instance);
        return runner.Connect(new MigrationWriter(run, "1.0.0", "journal", fence, 0, ""), static _ => { });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
