#pragma warning disable EF1001 // There is no public way to have several releases in one test assembly.

using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

/// <summary>Which of the context's migrations a release has.</summary>
internal sealed record MigrationsOfRelease(string Version, int Count)
{
    internal static readonly MigrationsOfRelease First = new("1.0.0", 5);
    internal static readonly MigrationsOfRelease All = new("2.0.0", 8);

    /// <summary>One more, behind the others.</summary>
    internal Type? Further { get; init; }

    internal bool HasSnapshot { get; init; } = true;
}

/// <summary>The migrations assembly of a binary that was built when there were fewer, or more.</summary>
internal sealed class ReleaseMigrations(ICurrentDbContext current, IDbContextOptions options, IMigrationsIdGenerator ids, IDiagnosticsLogger<DbLoggerCategory.Migrations> logger)
    : MigrationsAssembly(current, options, ids, logger)
{
    private readonly MigrationsOfRelease _release = options.FindExtension<ReleaseExtension>()!.Release;

    public override IReadOnlyDictionary<string, TypeInfo> Migrations
    {
        get
        {
            var all = new SortedList<string, TypeInfo>(base.Migrations.Take(_release.Count).ToDictionary(), StringComparer.Ordinal);
            if (_release.Further is { } further) all.Add("20260201120000_" + further.Name, further.GetTypeInfo());
            return all;
        }
    }

    public override ModelSnapshot? ModelSnapshot => _release.HasSnapshot ? base.ModelSnapshot : null;
}

internal sealed class ReleaseExtension(MigrationsOfRelease release) : IDbContextOptionsExtension
{
    internal MigrationsOfRelease Release => release;

    public DbContextOptionsExtensionInfo Info => new ReleaseInfo(this);

    public void ApplyServices(IServiceCollection services) { }

    public void Validate(IDbContextOptions options) { }

    private sealed class ReleaseInfo(ReleaseExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        // The release is asked in each context's own scope, and EF Core minds more than twenty providers.
        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ReleaseInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) { }
    }
}
