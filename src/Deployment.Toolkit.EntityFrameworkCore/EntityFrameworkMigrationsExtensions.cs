using Deployment.Toolkit.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Deployment.Toolkit;

/// <summary>Entity Framework Core's migrations.</summary>
public static class EntityFrameworkMigrationsExtensions
{
    /// <summary>
    /// The migrations of a <see cref="DbContext"/>. They count as scripts: a plan shows their SQL, a backup is made before them, they run
    /// in one transaction each under the deployment's lock, and <c>Down</c> is their way back. <c>__EFMigrationsHistory</c> stays true, so
    /// that <c>dotnet ef</c> can be used beside it. The database is the one that the deployment uses, not the context's own connection.
    /// </summary>
    /// <typeparam name="TContext">The context, made from the app's services.</typeparam>
    /// <param name="migrations">The builder.</param>
    /// <param name="configure">Says how it is taken; <see langword="null"/> for the defaults.</param>
    /// <returns>The builder.</returns>
    public static MigrationsBuilder FromDbContext<TContext>(
        this MigrationsBuilder migrations,
        Action<DbContextMigrationsOptions>? configure = null
    )
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(migrations);
        var options = new DbContextMigrationsOptions();
        configure?.Invoke(options);
        return migrations.From(new ContextMigrations<TContext>(options));
    }
}
