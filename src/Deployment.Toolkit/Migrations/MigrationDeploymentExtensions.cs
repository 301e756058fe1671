using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit;

/// <summary>Where migrations come from.</summary>
public static class MigrationDeploymentExtensions
{
    /// <summary>
    /// Adds the calling assembly's migrations: scripts embedded under <c>Migrations/</c> (or, when none is, on disk in that folder of the
    /// content root) and classes that carry <see cref="Migrations.MigrationAttribute"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    [RequiresUnreferencedCode(
        "Looks for migration classes by reflection. In a trimmed app use AddMigrations(m => m.FromAssembly(…).Add<TMigration>())."
    )]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DeploymentBuilder AddMigrations(this DeploymentBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var assembly = Assembly.GetCallingAssembly();
        new MigrationsBuilder(builder.Registrations.Of<MigrationSources>()).FromAssembly(assembly).AddClassesFrom(assembly);
        return builder;
    }

    /// <summary>Adds migrations from places that you name.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Names them.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddMigrations(this DeploymentBuilder builder, Action<MigrationsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        configure(new MigrationsBuilder(builder.Registrations.Of<MigrationSources>()));
        return builder;
    }
}
