using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Tenants;

/// <summary>An app's tenants: finds them, and looks at their databases, a bounded number at a time.</summary>
internal sealed class TenantFleet(
    DeclaredTenants declared,
    MigrationSet migrations,
    MigrationSources sources,
    IServiceProvider services,
    string contentRoot,
    TimeProvider time,
    ILogger logger,
    Func<string, string> redact
)
{
    // Who doesn't answer in that time is as good as not there.
    private static readonly TimeSpan FinderLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(30);

    internal string Name => declared.Name;

    internal DatabaseKey Key => declared.Key;

    internal TenantsOptions Options => declared.Options;

    internal MigrationSet Migrations => migrations;

    internal MigrationSources Sources => sources;

    internal required TenantBackups Backups { get; init; }

    /// <summary>Their backups, newest first.</summary>
    internal IEnumerable<BackupInfo> ListBackups() =>
        // Its kind alone matters: nothing is opened.
        Backups
            .List(
                Options.Dialect!().Open(static () => throw new InvalidOperationException("nothing is opened"), contentRoot).BackupExtension
            )
            .Select(backup => backup with { Database = Name });

    /// <summary>Whether a tenant's database is backed up before it is migrated: nothing else would take it back.</summary>
    internal bool BacksUp(TenantLook look) => Backups.WithoutReason is null && look.Pending.Any(static migration => !migration.HasWayBack);

    /// <summary>What tells these migrations, up to a version, from others.</summary>
    internal string ContentsOf(IReadOnlyList<string> versions)
    {
        var text = new StringBuilder();
        foreach (var version in versions)
            text.Append(version).Append(' ').Append(migrations.Find(version)?.Checksum ?? "?").Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Migrates one tenant's database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="lockTimeout">How long to wait for whoever migrates it.</param>
    internal MigrationRunner Runner(TargetDatabase database, TimeSpan lockTimeout) =>
        new(database, services, time, migrations, lockTimeout, logger);

    /// <summary>Who the tenants are now.</summary>
    /// <exception cref="DeploymentException">They could not be found, or two have one id.</exception>
    internal async Task<IReadOnlyList<FoundTenant>> FindAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Tenant>? found = null;
        var (end, error) = await EnforcedTimeout
            .CallAsync(
                async token =>
                {
                    await using var scope = services.CreateAsyncScope();
                    found = await Options.Find!(scope.ServiceProvider, token).ConfigureAwait(false);
                },
                FinderLimit,
                time,
                cancellationToken
            )
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (end != CallEnd.Completed)
            throw NotFound(
                error is null
                    ? $"what AddTenants was given did not answer within {FinderLimit.TotalSeconds} s"
                    : $"{error.GetType().Name}: {Sentence.Of(error).TrimEnd('.')}",
                error
            );
        if (found is null || found.Any(static tenant => tenant is null))
            throw NotFound("what AddTenants was given returned null");
        if (found.FirstOrDefault(static tenant => tenant.Id.Length is 0 or > FoundTenant.LongestId) is { } odd)
            throw NotFound(
                odd.Id.Length == 0
                    ? "one has an empty id"
                    : $"the id '{FoundTenant.Show(odd.Id)}' is longer than {FoundTenant.LongestId} characters"
            );
        if (
            found
                .GroupBy(static tenant => FoundTenant.Show(tenant.Id), StringComparer.Ordinal)
                .FirstOrDefault(static same => same.Skip(1).Any()) is
            { } twins
        )
            throw NotFound($"{twins.Count()} have the id '{twins.Key}'");
        return [.. found.Select(tenant => new FoundTenant(tenant, declared, contentRoot, redact))];
    }

    /// <summary>The database of one of them, with its backups.</summary>
    /// <param name="id">The tenant, as it was given or as it is shown.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is none such.</exception>
    internal async Task<(TargetDatabase Database, BackupStore Backups)> OpenAsync(string id, CancellationToken cancellationToken)
    {
        var tenants = await FindAsync(cancellationToken).ConfigureAwait(false);
        var tenant =
            tenants.FirstOrDefault(tenant => tenant.Id == id)
            ?? tenants.FirstOrDefault(tenant => tenant.Shown == id)
            ?? throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                $"There is no tenant '{FoundTenant.Show(id)}' of "
                    + $"'{Name}'.{Suggestion.Sentence(id, tenants.Select(static tenant => tenant.Shown))} Nothing was changed. Correct --tenant."
            );
        var database = tenant.Open();
        database.Key = Key.OfTenant(tenant.Shown);
        database.Prepare();
        return (database, Backups.Of(tenant, database));
    }

    /// <summary>Finds them, and looks how the database of each stands.</summary>
    /// <inheritdoc cref="LookAsync(IReadOnlyList{FoundTenant}, DeploymentEnvironment, Release, string?, CancellationToken)"/>
    internal async Task<IReadOnlyList<TenantLook>> LookAsync(
        DeploymentEnvironment environment,
        Release release,
        string? journal,
        CancellationToken cancellationToken
    ) =>
        await LookAsync(await FindAsync(cancellationToken).ConfigureAwait(false), environment, release, journal, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>How the database of each stands, in the order in which they were found.</summary>
    /// <param name="tenants">Who.</param>
    /// <param name="environment">For whom migrations are compared.</param>
    /// <param name="release">With which release.</param>
    /// <param name="journal">The journal whose the databases have to be; <see langword="null"/> while there is none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<IReadOnlyList<TenantLook>> LookAsync(
        IReadOnlyList<FoundTenant> tenants,
        DeploymentEnvironment environment,
        Release release,
        string? journal,
        CancellationToken cancellationToken
    )
    {
        var looks = new ConcurrentDictionary<string, TenantLook>(StringComparer.Ordinal);
        await EachAsync(
                tenants.ToAsyncEnumerable(),
                async (tenant, token) =>
                    looks[tenant.Id] = await LookAsync(tenant, environment, release, journal, token).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);
        return [.. tenants.Select(tenant => looks[tenant.Id])];
    }

    /// <summary>The one that goes first, for the others.</summary>
    /// <param name="behind">Those that lack something, at least one.</param>
    internal TenantLook FirstOf(IReadOnlyList<TenantLook> behind) =>
        behind.FirstOrDefault(look => look.Tenant.Id == Options.First) ?? behind[0];

    /// <summary>Does something with each, as many at a time as was declared.</summary>
    internal Task EachAsync<T>(IAsyncEnumerable<T> items, Func<T, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = Options.Parallel, CancellationToken = cancellationToken },
            async (item, token) => await work(item, token).ConfigureAwait(false)
        );

    /// <summary>What an error of a tenant's database says.</summary>
    internal static DeploymentMessage FaultOf(FoundTenant tenant, Exception error, TargetDatabase? database)
    {
        var message = error switch
        {
            DeploymentException { Messages: [{ } first, ..] } => first,
            DbException when database is not null => database.Dialect.FaultOf(error, null),
            _ => new DeploymentMessage(Codes.TenantUnreachable, $"{error.GetType().Name}: {Sentence.Of(error)}"),
        };
        return message with { Text = tenant.Clean(message.Text), Excerpt = null };
    }

    private async Task<TenantLook> LookAsync(
        FoundTenant tenant,
        DeploymentEnvironment environment,
        Release release,
        string? journal,
        CancellationToken cancellationToken
    )
    {
        TargetDatabase? database = null;
        TenantLook? look = null;
        var (end, error) = await EnforcedTimeout
            .CallAsync(
                async token =>
                {
                    database = tenant.Open();
                    if (database.InTheWay(isWritten: true) is { } blocked)
                        throw new DeploymentException(DeploymentOutcome.Refused, [blocked]);
                    // Of a thousand databases each connection counts.
                    await using var together = database.LookTogether();
                    var schema = await ReadableHistory.CompareAsync(database, migrations, token).ConfigureAwait(false);
                    var owners = await HistoryOwner.ReadAsync(database, token).ConfigureAwait(false);
                    var stamp = await DatabaseStamps.ReadAsync(database, token).ConfigureAwait(false);
                    var faults = schema.HistoryFaults(environment, release);
                    look = new TenantLook(tenant)
                    {
                        Applied = schema.Applied,
                        Repeatables = await ReadableHistory.RepeatablesOfAsync(database, token).ConfigureAwait(false),
                        Pending = schema.Pending,
                        Newer = faults.Count(static fault => fault.Code == Codes.SchemaAhead),
                        Faults =
                        [
                            .. faults.Where(static fault => fault.Code != Codes.SchemaAhead),
                            .. Stamped(stamp, environment, journal),
                            .. Foreign(owners, environment, journal),
                            .. await WhyNotMigratedAsync(tenant, database, schema, token).ConfigureAwait(false),
                        ],
                        Attempts = await MigrationAttempts.ReadAsync(database, token).ConfigureAwait(false),
                    };
                },
                LookLimit,
                time,
                cancellationToken
            )
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return end == CallEnd.Completed
            ? look!
            : new TenantLook(tenant)
            {
                Unreachable = error is null
                    ? new DeploymentMessage(Codes.TenantUnreachable, $"it did not answer within {LookLimit.TotalSeconds} s")
                    : FaultOf(tenant, error, database),
            };
    }

    // What is seen in the middle of a run only leaves it half way, with some that are migrated.
    private static async Task<IReadOnlyList<DeploymentMessage>> WhyNotMigratedAsync(
        FoundTenant tenant,
        TargetDatabase database,
        SchemaComparison schema,
        CancellationToken cancellationToken
    ) =>
        schema.Pending.Count > 0 && await database.WhyNotMigratedAsync(cancellationToken).ConfigureAwait(false) is { } blocked
            ? [blocked with { Text = tenant.Clean(blocked.Text) }]
            : [];

    // A dump or a file of another environment's that was put here, or its very database.
    private IEnumerable<DeploymentMessage> Stamped(DatabaseStamp? stamp, DeploymentEnvironment environment, string? journal) =>
        stamp is null || stamp.EnvironmentId == journal
            ? []
            :
            [
                new DeploymentMessage(
                    Codes.DatabaseStamped,
                    $"The database bears the stamp of environment '{VisibleText.Line(ForeignStamp.Cut(stamp.Environment))}' under journal "
                        + $"{VisibleText.Line(KnownDatabase.Short(stamp.EnvironmentId))}, and {KnownDatabase.Own(journal, environment.Name)}. Give "
                        + $"the tenant a database of its own in each environment; or, when '{environment.Name}' is to go on with that one as it is, run "
                        + $"'deploy isolation adopt{Key.Option} --tenant ID --environment {environment.Name} --reason \"why\"'."
                ),
            ];

    /// <summary>Marks the databases of some as those of an environment, unless they bear a stamp.</summary>
    /// <param name="tenants">Whose.</param>
    /// <param name="journal">The environment's journal.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="keep">Tries one, and logs what can't be left.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal Task StampAsync(
        IEnumerable<FoundTenant> tenants,
        string journal,
        string environment,
        Func<string, Func<CancellationToken, Task>, Task> keep,
        CancellationToken cancellationToken
    ) =>
        EachAsync(
            tenants.ToAsyncEnumerable(),
            (tenant, _) =>
                keep(
                    $"the stamp of tenant {tenant.Shown}",
                    token => DatabaseStamps.EnsureAsync(tenant.Open(), journal, environment, time.GetUtcNow(), token)
                ),
            cancellationToken
        );

    // Two environments on one database undo each other's migrations.
    private IEnumerable<DeploymentMessage> Foreign(
        IReadOnlyList<OwnedMigration> rows,
        DeploymentEnvironment environment,
        string? journal
    ) =>
        rows.LastOrDefault(row => row.Journal != journal) is { } foreign
            ?
            [
                new DeploymentMessage(
                    Codes.DatabaseForeign,
                    $"The database belongs to another journal than that of '{environment.Name}': migration {foreign.Version} was applied by "
                        + $"run {foreign.Run} of release {foreign.Release}. Give the tenant a database of its own in each environment; or, when "
                        + $"'{environment.Name}' is to go on with that one as it is, run 'deploy migrations take-over{Key.Option} --tenant ID --environment "
                        + $"{environment.Name} --reason \"why\"'."
                ),
            ]
            : [];

    private DeploymentException NotFound(string why, Exception? cause = null) =>
        new(
            DeploymentOutcome.Refused,
            [
                new DeploymentMessage(
                    Codes.TenantsNotFound,
                    VisibleText.Line(
                        redact(
                            $"The tenants of '{Name}' could not be found: {why}. Correct what AddTenants(\"{Name}\") finds them by, or what that asks."
                        )
                    )
                ),
            ],
            cause
        );
}
