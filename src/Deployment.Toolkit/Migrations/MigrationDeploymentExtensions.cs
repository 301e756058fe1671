using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit;

/// <summary>Where migrations come from.</summary>
public static class MigrationDeploymentExtensions
{
    private const string Reflects =
        "Looks for migration classes by reflection. In a trimmed app use AddMigrations(m => m.FromAssembly(…).Add<TMigration>()).";

    /// <summary>
    /// Adds the calling assembly's migrations: scripts embedded under <c>Migrations/</c> (or, when none is, on disk in that folder of the
    /// content root) and classes that carry <see cref="Migrations.MigrationAttribute"/>. Of several databases the scripts, and classes that
    /// name none, are for the one that is declared first.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    [RequiresUnreferencedCode(Reflects)]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DeploymentBuilder AddMigrations(this DeploymentBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var assembly = Assembly.GetCallingAssembly();
        Unnamed(builder).FromAssembly(assembly).AddClassesFrom(assembly);
        return builder;
    }

    /// <summary>Adds migrations from places that you name. Of several databases they are for the one that is declared first.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Names them.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddMigrations(this DeploymentBuilder builder, Action<MigrationsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Registrations.Of<MigrationSources>().IsConfigured = true;
        configure(Unnamed(builder));
        return builder;
    }

    /// <summary>
    /// Adds the calling assembly's scripts for one of several databases: those embedded under <c>Migrations/</c> and the database's name
    /// (or, when none is, on disk in that folder of the content root). Classes say themselves whose they are, with
    /// <see cref="Migrations.MigrationAttribute.Database"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="database">The database's name: its connection string's, or the one that its data source was given.</param>
    /// <returns>The builder.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DeploymentBuilder AddMigrations(this DeploymentBuilder builder, string database)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(database);
        Named(builder, database).FromAssembly(Assembly.GetCallingAssembly());
        return builder;
    }

    /// <summary>Adds migrations of one of several databases from places that you name.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="database">The database's name: its connection string's, or the one that its data source was given.</param>
    /// <param name="configure">Names them.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddMigrations(this DeploymentBuilder builder, string database, Action<MigrationsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(database);
        ArgumentNullException.ThrowIfNull(configure);
        configure(Named(builder, database));
        return builder;
    }

    private static MigrationsBuilder Unnamed(DeploymentBuilder builder) =>
        new(builder.Registrations.Of<MigrationSources>(), name => Of(builder, name));

    private static MigrationsBuilder Named(DeploymentBuilder builder, string database) =>
        new(Of(builder, database), name => Of(builder, name));

    private static MigrationSources Of(DeploymentBuilder builder, string database) =>
        builder.Registrations.Of<NamedMigrations>().Of(database, builder.Registrations.Of<MigrationSources>());
}
