using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit;

/// <summary>Says where an app's migrations come from.</summary>
public sealed class MigrationsBuilder
{
    private readonly MigrationSources _sources;
    private readonly Func<string, MigrationSources> _ofDatabase;

    internal MigrationsBuilder(MigrationSources sources, Func<string, MigrationSources> ofDatabase) =>
        (_sources, _ofDatabase) = (sources, ofDatabase);

    /// <summary>
    /// The SQL scripts embedded in an assembly under a folder named <c>Migrations</c>; of a database that is named, in the folder of its
    /// name below that.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>This builder.</returns>
    public MigrationsBuilder FromAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        _sources.AddScripts(assembly);
        return this;
    }

    /// <summary>How long all migrations of a run may take together, and their way back. Default 30 minutes; at most 30 days.</summary>
    /// <param name="limit">The limit.</param>
    /// <returns>This builder.</returns>
    public MigrationsBuilder WaitAtMost(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromDays(30));
        _sources.Limit = limit;
        return this;
    }

    /// <summary>
    /// How much it weighs what <c>check</c>, <c>plan</c> and <c>migrations lint</c> find in pending scripts; an error stops the deployment.
    /// </summary>
    /// <param name="configure">Says it.</param>
    /// <returns>This builder.</returns>
    public MigrationsBuilder Lint(Action<MigrationLintBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(new MigrationLintBuilder(_sources.Weights));
        return this;
    }

    internal MigrationsBuilder From(MigrationSource source)
    {
        _sources.Add(source);
        return this;
    }

    /// <summary>The SQL scripts in a folder on disk.</summary>
    /// <param name="path">The folder; a relative path is taken from the content root.</param>
    /// <returns>This builder.</returns>
    public MigrationsBuilder FromDirectory(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _sources.AddDirectory(path, isDefault: false);
        return this;
    }

    /// <summary>One migration in C#, which carries <see cref="MigrationAttribute"/>.</summary>
    /// <typeparam name="TMigration">The class.</typeparam>
    /// <returns>This builder.</returns>
    public MigrationsBuilder Add<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)]
            TMigration
    >()
        where TMigration : Migration
    {
        Add(typeof(TMigration));
        return this;
    }

    /// <summary>Every class of an assembly that carries <see cref="MigrationAttribute"/>.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <returns>This builder.</returns>
    [RequiresUnreferencedCode("Looks for classes by reflection. In a trimmed app name each one with Add<TMigration>().")]
    public MigrationsBuilder AddClassesFrom(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (
            var type in assembly
                .GetTypes()
                .Where(static type =>
                    !type.IsAbstract && type.IsSubclassOf(typeof(Migration)) && type.IsDefined(typeof(MigrationAttribute))
                )
        )
            Add(type);
        return this;
    }

    // A class that says whose it is belongs there whatever the call is about.
    private void Add(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)]
            Type type
    ) => (type.GetCustomAttribute<MigrationAttribute>()?.Database is { } database ? _ofDatabase(database) : _sources).AddClass(type);
}
