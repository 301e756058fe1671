using System.Globalization;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit;

/// <summary>What a planned migration runs.</summary>
public sealed record PlannedScript
{
    /// <summary>The migration's version.</summary>
    public required string Version { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The script's file, or its name in the assembly that it is embedded in; <see langword="null"/> for a class.</summary>
    public string? File { get; init; }

    /// <summary>The script as it will run; <see langword="null"/> for a class.</summary>
    public string? Sql { get; init; }

    /// <summary>The class's full name, whose code says what it runs; <see langword="null"/> for a script.</summary>
    public string? ClassName { get; init; }

    /// <summary>Whether it runs outside a transaction.</summary>
    public bool IsOutsideTransaction { get; init; }

    /// <summary>The database that it is for, where the app has several.</summary>
    public string? Database { get; init; }
}

/// <summary>The migrations and backups of the host's database.</summary>
public sealed class DeploymentDatabase
{
    private readonly DeploymentPartsFactory _factory;
    private readonly string? _name;
    private readonly string? _tenant;

    internal DeploymentDatabase(DeploymentPartsFactory factory, string? name = null, string? tenant = null) =>
        (_factory, _name, _tenant) = (factory, name, tenant);

    /// <summary>The names of the app's databases, in the order in which they are deployed; one that nobody named is empty.</summary>
    public IReadOnlyList<string> Names => [.. _factory.Model.Databases.All.Select(static declared => declared.Name)];

    /// <summary>
    /// The same for one of several databases. Without it what can be said of all is said of all, and the rest is refused.
    /// </summary>
    /// <param name="name">The database's name.</param>
    public DeploymentDatabase Of(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new DeploymentDatabase(_factory, name);
    }

    /// <summary>
    /// The same for the database of one tenant: its backups, its baseline, its script, the repair of its history and its take-over. What is
    /// done to all tenants together is refused.
    /// </summary>
    /// <param name="tenants">What the tenants are called together; <see langword="null"/> where the app has one kind of tenants.</param>
    /// <param name="id">The tenant's id.</param>
    public DeploymentDatabase OfTenant(string? tenants, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new DeploymentDatabase(_factory, tenants, id);
    }

    /// <summary>
    /// Every migration that this binary has or the database's history names, in order; database by database, and then those of tenants.
    /// </summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or the database cannot be opened.</exception>
    public async Task<IReadOnlyList<MigrationState>> GetMigrationsAsync(CancellationToken cancellationToken = default)
    {
        var states = new List<MigrationState>();
        var parts = _factory.Create(null);
        if (_tenant is not null)
            return await StatesAsync(await parts.OneAsync(_name, _tenant, cancellationToken).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);

        var tenants =
            _name is null ? parts.Tenants
            : parts.TenantsOf(_name) is { } named ? [named]
            : [];
        foreach (
            var each in _name is null ? parts.Each
            : tenants.Count > 0 ? []
            : [parts.One(_name)]
        )
            states.AddRange(await StatesAsync(each, cancellationToken).ConfigureAwait(false));
        foreach (var fleet in tenants)
            states.AddRange(await TenantStates.OfAsync(fleet, parts, _factory, cancellationToken).ConfigureAwait(false));
        return states;
    }

    private static async Task<IReadOnlyList<MigrationState>> StatesAsync(DeploymentParts parts, CancellationToken cancellationToken)
    {
        var applied = await ReadableHistory.OfAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        var versions = applied.Select(static row => MigrationVersion.Normal(row.Version)).ToHashSet(StringComparer.Ordinal);
        bool IsApplied(string version) => versions.Contains(MigrationVersion.Normal(version));
        var known = parts.Migrations.All.Select(definition => new MigrationState
        {
            Version = definition.Version,
            Name = definition.Name,
            IsApplied = IsApplied(definition.Version),
            HasWayBack = definition.HasWayBack,
            Database = parts.Key.Recorded,
        });
        var foreign = applied
            .Where(row => parts.Migrations.Find(row.Version) is null)
            .Select(row => new MigrationState
            {
                Version = row.Version,
                Name = row.Name,
                IsApplied = true,
                HasWayBack = row.DownSql is not null,
                IsKnown = false,
                Database = parts.Key.Recorded,
            });
        var repeatables = await ReadableHistory.RepeatablesOfAsync(parts.Database, cancellationToken).ConfigureAwait(false);
        return
        [
            .. known.Concat(foreign).OrderBy(static state => state.Version, MigrationVersion.Order),
            .. RepeatableStates.Of(parts.Migrations, repeatables).Select(state => state with { Database = parts.Key.Recorded }),
        ];
    }

    /// <summary>
    /// Takes the pending migrations up, back and up again on a copy of the database, and compares schema and rows. The database itself is
    /// only read, and the journal keeps how it went, which an environment may want of a plan. Migrations in C# run for real: what they do
    /// outside the database, they do. Of tenants one is tried for all: the one that goes first.
    /// </summary>
    /// <param name="cancellationToken">Cancels; the copy is taken away.</param>
    /// <returns>What became of each.</returns>
    /// <exception cref="DeploymentException">Nothing could be tried; the messages say why.</exception>
    public Task<RehearsalReport> RehearseAsync(CancellationToken cancellationToken = default) =>
        DeploymentRehearsal.RunAsync(_factory, _name, _tenant, cancellationToken);

    /// <summary>
    /// Writes migrations as one script that somebody runs with psql, sqlite3 or mariadb, with their rows of the history. The journal keeps
    /// that it was made.
    /// </summary>
    /// <param name="request">Which.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">They can't be one script; the messages say why.</exception>
    public Task<MigrationsScript> ScriptMigrationsAsync(ScriptMigrationsRequest request, CancellationToken cancellationToken = default) =>
        new MigrationScripting(_factory, request, _name, _tenant).RunAsync(cancellationToken);

    /// <summary>
    /// Judges migrations without running them: what loses rows or breaks the release that runs, what keeps others waiting for as long as
    /// there are rows, types that cost a migration later, and what can't run where it stands.
    /// </summary>
    /// <param name="request">Which, and what refuses.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Succeeded or refused with what was found, by file and place; nothing to do when there is none to judge.</returns>
    public Task<DeploymentResult> LintMigrationsAsync(LintMigrationsRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new MigrationJudgement(_factory, environment, request, _name).RunAsync(cancellationToken),
            cancellationToken
        );
    }

    /// <summary>What the migrations of a plan run, in their order, as this binary has them.</summary>
    /// <param name="plan">A plan that brings a release.</param>
    /// <returns>One for each; none for a plan that undoes migrations, or for one that this binary lacks.</returns>
    public IReadOnlyList<PlannedScript> GetScripts(DeploymentPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        List<PlannedMigration> migrations = [.. plan.Migrations, .. plan.Tenants?.SelectMany(static tenants => tenants.Migrations) ?? []];
        if (plan.Kind != RunKind.Up || migrations.Count == 0)
            return [];

        var known = _factory.LoadMigrations();
        return
        [
            .. migrations
                .Select(planned => (planned.Database, Definition: Find(known, planned)))
                .Where(static found => found.Definition is not null)
                .Select(static found => new PlannedScript
                {
                    Version = found.Definition!.Version,
                    Name = found.Definition.Name,
                    File = found.Definition.Up?.File,
                    Sql = found.Definition.Up?.Text,
                    ClassName = found.Definition.ClassName,
                    IsOutsideTransaction = found.Definition.IsOutsideTransaction,
                    Database = found.Database,
                }),
        ];
    }

    private static MigrationDefinition? Find(IReadOnlyList<MigrationSet> known, PlannedMigration planned) =>
        known.FirstOrDefault(set => planned.Database is { } database ? set.Key.Is(database) : set.Key.IsFirst)?.Find(planned.Version);

    /// <summary>Writes the next migration and its way back as empty scripts.</summary>
    /// <param name="name">What it does, for example <c>add quality</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The two files' paths.</returns>
    /// <exception cref="DeploymentException">The name holds nothing that a file could be named by, or the folder can't be
    /// written.</exception>
    public async Task<IReadOnlyList<string>> AddMigrationAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var slug = string.Join(
            '_',
            new string([.. name.Select(static c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(
                ' ',
                StringSplitOptions.RemoveEmptyEntries
            )
        );
        if (slug.Length == 0)
            throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                $"Name '{name}' holds no letter or digit to name a file by. Say what the migration does: 'deploy migrations add "
                    + $"add_quality'."
            );

        var (known, sources) = _factory.MigrationsOf(_name);
        if (!sources.ReadsScripts && sources.Others.Count > 0)
            throw MigrationRefusal.NoScripts(sources.Folder);
        var folder = Path.GetFullPath(sources.Folder, _factory.ContentRoot);
        return await EmptyScripts
            .WriteAsync(
                folder,
                slug,
                name,
                known.All.Select(static definition => definition.Version),
                _factory.Time.GetUtcNow(),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Takes the way back of an applied migration into the database's history as this binary's file has it now. What is undone is what the
    /// history keeps, so that correcting the file alone changes nothing.
    /// </summary>
    /// <param name="version">The migration's version, or its version and name.</param>
    /// <param name="reason">Why; kept in the journal.</param>
    /// <param name="dryRun">Whether to show the difference and change nothing.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded with the difference, nothing to do, or refused.</returns>
    public Task<DeploymentResult> RepairMigrationAsync(
        string version,
        string reason,
        bool dryRun,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(reason);
        return DeploymentGuard.RunAsync(
            _factory,
            _ => new MigrationRepair(_factory, _name, _tenant).RunAsync(version, reason, dryRun, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>
    /// Lets migrations count as applied that the database has already, because another tool or a person made them: none of them is run.
    /// </summary>
    /// <param name="request">What the database has.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded or nothing to do, with how each migration stands then; refused, with nothing changed.</returns>
    public Task<DeploymentResult> BaselineAsync(BaselineRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            _ => new MigrationBaseline(_factory, request, _name, _tenant).RunAsync(cancellationToken),
            cancellationToken
        );
    }

    /// <summary>
    /// The verified backups of the host's environment, newest first; database by database, and then those of tenants.
    /// </summary>
    /// <exception cref="DeploymentException">The environment is not declared, or the app has no database.</exception>
    public IReadOnlyList<BackupInfo> GetBackups()
    {
        var parts = _factory.Create(null);
        var named = _name is null ? null : parts.TenantsOf(_name);
        IReadOnlyList<DeploymentParts> own =
            named is not null || _tenant is not null ? []
            : _name is null && parts is not { Databases: [], Tenants.Count: > 0 } ? parts.Each
            : _name is null ? []
            : [parts.One(_name)];
        return
        [
            .. own.SelectMany(static each => Backups(each).List().Select(backup => backup with { Database = each.Key.Recorded })),
            .. (
                named is not null ? [named]
                : _name is null ? parts.Tenants
                : []
            ).SelectMany(fleet => fleet.ListBackups().Where(backup => _tenant is null || backup.Tenant == FoundTenant.Show(_tenant))),
        ];
    }

    /// <summary>Copies the database and verifies the copy.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The copy could not be made or does not verify.</exception>
    public async Task<BackupInfo> CreateBackupAsync(CancellationToken cancellationToken = default)
    {
        var parts = await OneAsync(cancellationToken).ConfigureAwait(false);
        if (parts.Database is { Exists: false })
            throw DeploymentException.Refused(
                Codes.BackupFailed,
                $"Database '{parts.Database.Title}' does not exist yet. Run 'deploy up --environment {parts.Environment.Name}' first."
            );

        if (
            parts.Database is { } live
            && await KnownDatabase
                .FindAsync(
                    live,
                    (await _factory.ReadLedgerAsync(parts.Environment, cancellationToken).ConfigureAwait(false)),
                    parts.Environment.Name,
                    isReplaced: false,
                    parts.Migrations,
                    cancellationToken
                )
                .ConfigureAwait(false)
                is { } finding
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [finding]);

        var name = "manual-" + _factory.Time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        var taken = await Backups(parts)
            .TakeAsync(
                name,
                (await _factory.ReadLedgerAsync(parts.Environment, cancellationToken).ConfigureAwait(false)).Current?.Evidence.Release,
                cancellationToken,
                goOn: $"deploy backup create{parts.Key.Option}"
            )
            .ConfigureAwait(false);
        return taken with { Database = parts.Key.Tenants ?? parts.Key.Recorded };
    }

    /// <summary>
    /// Removes backups that nothing needs any more; where tenants are named, those of each of them. Never removed are the newest, the
    /// newest that can be read, the one that the environment has its database from, and for each release that only a backup leads back
    /// to, the newest one that a rollback could restore.
    /// </summary>
    /// <param name="request">How many to keep, and for how long.</param>
    /// <param name="cancellationToken">Cancels until the first is removed.</param>
    /// <returns>Succeeded, or nothing to do, with what became of each backup and why; refused while a run is not finished.</returns>
    public Task<DeploymentResult> PruneBackupsAsync(PruneBackupsRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DeploymentGuard.RunAsync(
            _factory,
            environment =>
                _tenant is null && _name is not null && _factory.Create(null).TenantsOf(_name) is { } fleet
                    ? new TenantBackupPruning(_factory, environment, request, fleet).RunAsync(cancellationToken)
                    : new BackupPruning(_factory, environment, request, _name, _tenant).RunAsync(cancellationToken),
            cancellationToken
        );
    }

    /// <summary>
    /// Makes the database that the host reaches this environment's own, as it is: one whose history was written under another journal, or
    /// that is newer, older or empty beside what the journal knows. Everything else refuses such a database.
    /// </summary>
    /// <param name="reason">Why; kept in the journal.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or nothing to do when it is the journal's already; refused while a run is not finished.</returns>
    public Task<DeploymentResult> TakeOverAsync(string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return DeploymentGuard.RunAsync(
            _factory,
            async environment =>
                await new DatabaseTakeOver(_factory, await OneAsync(cancellationToken).ConfigureAwait(false), environment)
                    .RunAsync(reason, cancellationToken)
                    .ConfigureAwait(false),
            cancellationToken
        );
    }

    private Task<DeploymentParts> OneAsync(CancellationToken cancellationToken) =>
        _factory.Create(null).OneAsync(_name, _tenant, cancellationToken);

    internal static DeploymentException NoDatabase() =>
        DeploymentException.Refused(
            Codes.RegistrationInvalid,
            "The app has no database. Name it with .UseSqlite(factory, \"connection string name\"), .UsePostgreSql(…) or .UseMySql(…) on AddDeployment()."
        );

    private static Backup.BackupStore Backups(DeploymentParts parts) => parts.Backups ?? throw NoDatabase();
}
