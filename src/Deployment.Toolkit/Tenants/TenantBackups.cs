using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tenants;

/// <summary>The backups of tenants' databases, each tenant's in a folder of its own.</summary>
/// <param name="folder">Where these folders lie.</param>
/// <param name="packingsOf">What packs the backups of a database, by what it counts as.</param>
/// <param name="journal">The environment's journal as it is now.</param>
/// <param name="time">The clock.</param>
internal sealed class TenantBackups(
    string folder,
    Func<TargetDatabase, string, BackupPackings> packingsOf,
    Func<CancellationToken, ValueTask<EnvironmentLedger>> journal,
    TimeProvider time
)
{
    private const int LongestWord = 32;
    private const int HashDigits = 16;

    /// <summary>Why none are taken, as a clause; <see langword="null"/> when they are.</summary>
    internal string? WithoutReason { get; init; }

    /// <summary>How long one may take.</summary>
    internal TimeSpan Limit { get; init; }

    /// <summary>Those of one tenant.</summary>
    internal BackupStore Of(FoundTenant tenant, TargetDatabase database) =>
        new(database, packingsOf(database, tenant.Shown), Path.Combine(folder, FolderOf(tenant.Shown)), journal, time)
        {
            Tenant = tenant.Shown,
        };

    /// <summary>Refuses where what encrypts them is missing.</summary>
    internal void EnsureKey(FoundTenant any) => packingsOf(any.Open(), any.Shown).EnsureKey();

    /// <summary>All that can be read, newest first, those of tenants that are none any more too.</summary>
    /// <param name="extension">What a backup's name ends in as far as their databases say.</param>
    internal IReadOnlyList<BackupInfo> List(string extension) =>
        Directory.Exists(folder)
            ? BackupDescriptions.InOrder(
                Directory.EnumerateDirectories(folder).SelectMany(each => Read(new BackupDescriptions(each, extension)))
            )
            : [];

    /// <summary>What a tenant's folder is called: an id may hold what no folder can, and two may differ by case alone.</summary>
    internal static string FolderOf(string shown)
    {
        var word = new string([
            .. shown
                .Where(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                .Take(LongestWord)
                .Select(static c => char.ToLowerInvariant(c)),
        ]);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown)))[..HashDigits];
        return word.Length == 0 ? hash : $"{word}-{hash}";
    }

    private static IEnumerable<BackupInfo> Read(BackupDescriptions descriptions) =>
        descriptions.Paths().Select(descriptions.Read).OfType<BackupInfo>();
}
