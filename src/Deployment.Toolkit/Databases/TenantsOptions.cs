using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>What was said of an app's tenants.</summary>
internal sealed class TenantsOptions
{
    /// <summary>How their databases speak; each has one of its own. <see langword="null"/> while nobody has said so.</summary>
    internal Func<DatabaseDialect>? Dialect { get; set; }

    internal Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Tenant>>>? Find { get; set; }

    /// <summary>Makes connections of those that come with a connection string.</summary>
    internal DbProviderFactory? Factory { get; set; }

    internal int Parallel { get; set; } = 8;

    internal string? First { get; set; }

    internal int StopAfter { get; set; } = 1;

    internal bool KeepMigrated { get; set; }

    internal bool SkipUnreachable { get; set; }

    internal TimeSpan Limit { get; set; } = TimeSpan.FromHours(12);
}
