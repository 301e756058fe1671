using System.Globalization;
using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit;

/// <summary>Where a migration stands in the host's environment.</summary>
/// <param name="Version">The version.</param>
/// <param name="Name">The name.</param>
/// <param name="IsApplied">Whether it is applied.</param>
/// <param name="HasWayBack">Whether it can be undone without a backup.</param>
public sealed record MigrationState(string Version, string Name, bool IsApplied, bool HasWayBack)
{
    /// <summary>Whether this binary has it; one that is only applied came with another release.</summary>
    public bool IsKnown { get; init; } = true;
}

/// <summary>The migrations and backups of the host's database.</summary>
public sealed class DeploymentDatabase
{
    private readonly DeploymentPartsFactory _factory;

    internal DeploymentDatabase(DeploymentPartsFactory factory) => _factory = factory;

    /// <summary>Every migration that this binary has or the database's history names, in order.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or the database cannot be opened.</exception>
    public async Task<IReadOnlyList<MigrationState>> GetMigrationsAsync(CancellationToken cancellationToken)
    {
        var parts = _factory.Create(null);
        var applied = await parts.ReadHistoryAsync(cancellationToken).ConfigureAwait(false);
        bool IsApplied(string version) => applied.Any(row => MigrationVersion.Compare(row.Version, version) == 0);
        var known = parts.Migrations.All.Select(definition => new MigrationState(definition.Version, definition.Name, IsApplied(definition.Version), definition.HasWayBack));
        var foreign = applied.Where(row => parts.Migrations.Find(row.Version) is null)
            .Select(static row => new MigrationState(row.Version, row.Name, true, row.DownSql is not null) { IsKnown = false });
        return [.. known.Concat(foreign).OrderBy(static state => state.Version, MigrationVersion.Order)];
    }

    /// <summary>Writes the next migration and its way back as empty scripts.</summary>
    /// <param name="name">What it does, for example <c>add quality</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The two files' paths.</returns>
    /// <exception cref="DeploymentException">The name holds nothing that a file could be named by.</exception>
    public async Task<IReadOnlyList<string>> AddMigrationAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var slug = string.Join('_', new string([.. name.Select(static c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (slug.Length == 0) throw DeploymentException.Refused(Codes.CommandLineInvalid, $"Name '{name}' holds no letter or digit to name a file by. Say what the migration does: 'deploy migrations add add_quality'.");

        var migrations = MigrationSet.Load(_factory.Model.Migrations, _factory.ContentRoot);
        var onDisk = Directory.Exists(_factory.MigrationsFolder) ? Directory.EnumerateFiles(_factory.MigrationsFolder, "*.sql").Select(static file => MigrationVersion.ParseFileName(Path.GetFileName(file))?.Version) : [];
        var last = migrations.All.Select(static definition => definition.Version).Concat(onDisk.OfType<string>()).Order(MigrationVersion.Order).LastOrDefault();
        var next = last is { Length: > 8 }
            ? _factory.Time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)
            : ((last is null ? 0 : long.Parse(last, CultureInfo.InvariantCulture)) + 1).ToString("D" + (last?.Length ?? 4), CultureInfo.InvariantCulture);
        var up = Path.Combine(_factory.MigrationsFolder, $"{next}_{slug}.sql");
        var down = Path.Combine(_factory.MigrationsFolder, $"{next}_{slug}.down.sql");
        DurableFile.CreateDirectory(_factory.MigrationsFolder);
        await DurableFile.WriteAsync(down, Encoding.UTF8.GetBytes($"-- Takes {next}_{slug}.sql back.\n"), cancellationToken).ConfigureAwait(false);
        await DurableFile.WriteAsync(up, Encoding.UTF8.GetBytes($"-- {name}\n"), cancellationToken).ConfigureAwait(false);
        return [up, down];
    }

    /// <summary>The verified backups of the host's environment, newest first.</summary>
    /// <exception cref="DeploymentException">The environment is not declared, or the app has no database.</exception>
    public IReadOnlyList<BackupInfo> GetBackups() => Backups(_factory.Create(null)).List();

    /// <summary>Copies the database and verifies the copy.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The copy could not be made or does not verify.</exception>
    public async Task<BackupInfo> CreateBackupAsync(CancellationToken cancellationToken)
    {
        var parts = _factory.Create(null);
        if (parts.Database is { Exists: false })
            throw DeploymentException.Refused(Codes.BackupFailed, $"Database '{parts.Database.FilePath}' does not exist yet. Run 'deploy up --environment {parts.Environment.Name}' first.");

        var name = "manual-" + _factory.Time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        return await Backups(parts).TakeAsync(name, _factory.ReadLedger(parts.Environment).Current?.Evidence.Release, cancellationToken).ConfigureAwait(false);
    }

    private static Backup.BackupStore Backups(Planning.DeploymentParts parts) => parts.Backups ?? throw DeploymentException.Refused(
        Codes.RegistrationInvalid, "The app has no database. Name it with .UseSqlite(factory, \"connection string name\") on AddDeployment().");
}
