using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit;

/// <summary>
/// Says who an app's tenants are and how carefully their databases are migrated. <c>UseSqlite</c>, <c>UsePostgreSql</c> or <c>UseMySql</c>
/// says of which kind the databases are, and finds the tenants.
/// </summary>
public sealed class TenantsBuilder
{
    private const int MostAtOnce = 256;

    private readonly TenantsOptions _options;

    internal TenantsBuilder(TenantsOptions options) => _options = options;

    /// <summary>How many databases are migrated at the same time, from 1 to 256. Default 8.</summary>
    /// <param name="count">How many.</param>
    /// <returns>This builder.</returns>
    public TenantsBuilder Parallel(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostAtOnce);
        _options.Parallel = count;
        return this;
    }

    /// <summary>
    /// Which tenant is migrated first and alone; when that fails no other is begun. Default: the first that is found and has something
    /// pending.
    /// </summary>
    /// <param name="id">The tenant's id. Where it isn't among those that are found, or has nothing pending, the default holds.</param>
    /// <returns>This builder.</returns>
    public TenantsBuilder FirstAlone(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        _options.First = id;
        return this;
    }

    /// <summary>
    /// After how many failures no other tenant is begun. The run fails with the first one: this says how many are found out about at once.
    /// Default 1.
    /// </summary>
    /// <param name="failures">How many, at least 1.</param>
    /// <returns>This builder.</returns>
    public TenantsBuilder StopAfter(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        _options.StopAfter = failures;
        return this;
    }

    /// <summary>
    /// Leaves databases that were migrated as they are when the run goes back, and when a release is rolled back: for migrations that the
    /// release before can live with. By default their ways back are taken.
    /// </summary>
    /// <returns>This builder.</returns>
    public TenantsBuilder KeepMigrated()
    {
        _options.KeepMigrated = true;
        return this;
    }

    /// <summary>
    /// Leaves out, and names, tenants whose database can't be reached. By default a plan with one is refused, and a run in which one can't
    /// be reached fails.
    /// </summary>
    /// <returns>This builder.</returns>
    public TenantsBuilder SkipUnreachable()
    {
        _options.SkipUnreachable = true;
        return this;
    }

    /// <summary>
    /// How long all tenants of a run may take together. Default 12 hours; at most 30 days. How long one may take says <c>WaitAtMost</c> of
    /// its migrations.
    /// </summary>
    /// <param name="limit">The limit.</param>
    /// <returns>This builder.</returns>
    public TenantsBuilder WaitAtMost(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromDays(30));
        _options.Limit = limit;
        return this;
    }

    /// <summary>Takes what a dialect's method says.</summary>
    internal TenantsBuilder Use(
        Func<DatabaseDialect> dialect,
        Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Tenant>>> find,
        DbProviderFactory? factory
    )
    {
        ArgumentNullException.ThrowIfNull(find);
        (_options.Dialect, _options.Find, _options.Factory) = (dialect, find, factory);
        return this;
    }
}
