using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Databases;

/// <summary>Tenants as they were declared: one set of migrations, and as many databases as are found when it is time.</summary>
internal sealed record DeclaredTenants(string Name, TenantsOptions Options)
{
    /// <summary>What tells them from the app's own databases: what names no database is never about them.</summary>
    internal DatabaseKey Key { get; } = new(Name, IsFirst: false, IsOnly: false);
}

/// <summary>All that were declared, in their order: that in which they are migrated, behind the app's own databases.</summary>
internal sealed class AllTenants
{
    private readonly List<DeclaredTenants> _all = [];

    internal IReadOnlyList<DeclaredTenants> All => _all;

    internal void Add(DeclaredTenants declared) => _all.Add(declared);
}
