using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Backup.Encryption;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Notifications;
using Deployment.Toolkit.Pinning;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Settings.Layers;
using Deployment.Toolkit.Steps;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Composition;

/// <summary>Puts together what a command works with, from what was registered and the host that it runs in.</summary>
internal sealed partial class DeploymentPartsFactory(
    DeploymentModel model,
    IServiceProvider services,
    IConfiguration configuration,
    IHostEnvironment host,
    TimeProvider time,
    SecretRedactor redactor,
    ILoggerFactory loggers
)
{
    private const string LockTimeoutKey = "Deployment:LockTimeout";
    private const string JournalFileBytesKey = "Deployment:JournalFileBytes";
    private const long LeastJournalFile = 4096;

    private static readonly TimeSpan RecalledFor = TimeSpan.FromSeconds(5);

    // The front door's category: whoever filters the product's lines filters by it.
    private readonly MaskingLogger _logger = new(loggers.CreateLogger("Deployment.Toolkit.Deployer"), redactor);

    private readonly ConcurrentDictionary<string, (SecretsEpoch? Epoch, long At)> _recalled = new(StringComparer.OrdinalIgnoreCase);

    internal DeploymentModel Model => model;

    internal IServiceProvider Services => services;

    internal SecretRedactor Redactor => redactor;

    internal TimeProvider Time => time;

    /// <summary>What bundles of other environments count for.</summary>
    internal TrustedEvidence Evidence => new(model.Registrations.Of<DeclaredEvidenceKeys>(), time);

    internal ILogger Logger => _logger;

    /// <summary>The folder of all journals: <c>.deployment</c> in the content root unless the setting names another.</summary>
    internal string Root => ConfigurationLayers.JournalRoot(configuration, host.ContentRootPath);

    internal TimeSpan LockTimeout
    {
        get
        {
            if (configuration[LockTimeoutKey] is not { Length: > 0 } text)
                return TimeSpan.FromMinutes(5);
            if (
                TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var timeout)
                && timeout >= TimeSpan.Zero
                && text.Contains(':', StringComparison.Ordinal)
            )
                return timeout;

            throw DeploymentException.Refused(
                Codes.ConfigurationInvalid,
                $"Setting {LockTimeoutKey} is '{text}', which is no duration. Write it in full, for example 00:05:00."
            );
        }
    }

    private long JournalFileBytes
    {
        get
        {
            if (configuration[JournalFileBytesKey] is not { Length: > 0 } text)
                return JournalFile.SegmentBytes;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes >= LeastJournalFile)
                return bytes;

            throw DeploymentException.Refused(
                Codes.ConfigurationInvalid,
                $"Setting {JournalFileBytesKey} is '{text}', which is no number of bytes from {LeastJournalFile} on. Write for example "
                    + "16777216."
            );
        }
    }

    /// <summary>What whoever runs the one command of this process says they are called.</summary>
    internal string? ClaimedOperator { get; set; }

    /// <summary>Who acts, with what they claim.</summary>
    internal JournalHolder Operator => (services.GetService<JournalHolder>() ?? ProcessIdentity.Current) with { Claimed = ClaimedOperator };

    internal string ContentRoot => host.ContentRootPath;

    internal string ApplicationName => host.ApplicationName;

    internal Outbox OutboxOf(DeploymentEnvironment environment) => new(PathsOf(environment).Outbox);

    /// <summary>Tells observers how runs of an environment end.</summary>
    internal NoticeSender NoticesOf(DeploymentEnvironment environment) =>
        new(
            services,
            model.Registrations.Of<List<ObserverRegistration>>(),
            OutboxOf(environment),
            () => StoreOf(environment),
            new NoticeOf(ApplicationName, redactor.Redact),
            text => NamedCommands.Complete(redactor.Redact(text), environment.Name),
            time,
            _logger
        );

    /// <summary>The host's environment as it is declared.</summary>
    internal DeploymentEnvironment Environment
    {
        get
        {
            var faults = model.Environments.Validate();
            return faults.Count == 0
                ? model.Environments.Get(host.EnvironmentName)
                : throw new DeploymentException(DeploymentOutcome.Refused, faults);
        }
    }

    /// <summary>The sealed secrets of the host's environment, which may not be there.</summary>
    internal SealedSecrets SealedSecrets => SealedSecretsOf(Environment);

    internal SealedSecrets SealedSecretsOf(DeploymentEnvironment environment) =>
        SealedSecretsOf(environment, new EpochMemory(_ => Recall(environment)));

    private SealedSecrets SealedSecretsOf(DeploymentEnvironment environment, EpochMemory memory) =>
        new(
            Path.Combine(host.ContentRootPath, SealedSecrets.FileName(environment.Name)),
            environment.Name,
            KeyRing.OfProcess(takesPublished: !environment.IsProtected),
            time
        )
        {
            Trust = new RootTrust
            {
                Pins = model.Sealed.Roots,
                Journal = memory,
                User = UserRoots.OfProcess(),
            },
        };

    // The way to a journal in a database, and its key, may be sealed in the very file that is compared with it: for that look, and for that
    // alone, they are taken from the file as it is.
    private SecretsEpoch? Recall(DeploymentEnvironment environment)
    {
        if (!model.Journal.IsDatabase)
            return ReadLedgerAtOnce(environment).SecretsEpoch;

        var resolver = services.GetRequiredService<SecretResolver>();
        if (resolver.IsAside)
            return null;
        // Each secret of a configuration asks, and a database is further away than a file.
        if (_recalled.TryGetValue(environment.Name, out var recalled) && time.GetElapsedTime(recalled.At) < RecalledFor)
            return recalled.Epoch;

        using var sealedFile = new SealedSecretSource(SealedSecretsOf(Environment, EpochMemory.None), time);
        // What is wrong with the file is said of it, and not of the settings whose secrets are in it.
        sealedFile.EnsureOpens();
        var epoch = resolver.Aside(resolver.With(sealedFile), () => ReadLedgerAtOnce(environment).SecretsEpoch);
        _recalled[environment.Name] = (epoch, time.GetTimestamp());
        return epoch;
    }

    internal JournalPaths PathsOf(DeploymentEnvironment environment) => new(Root, environment.Name);

    /// <summary>Where the environment's journal lies.</summary>
    internal JournalStore StoreOf(DeploymentEnvironment environment) =>
        model.Journal.Open(
            services,
            host.ContentRootPath,
            environment.Name,
            PathsOf(environment),
            !environment.Name.Equals(host.EnvironmentName, StringComparison.OrdinalIgnoreCase)
        ) ?? new JournalFile(PathsOf(environment), JournalFileBytes);

    internal ValueTask<EnvironmentLedger> ReadLedgerAsync(DeploymentEnvironment environment, CancellationToken cancellationToken) =>
        ReadLedgerAsync(StoreOf(environment), cancellationToken);

    private static async ValueTask<EnvironmentLedger> ReadLedgerAsync(JournalStore journal, CancellationToken cancellationToken) =>
        EnvironmentLedger.From((await JournalReader.ReadPresentAsync(journal, cancellationToken).ConfigureAwait(false)).EnsureIntact());

    /// <summary>The same for those that can't wait otherwise: .NET reads configuration, and a gauge, at once.</summary>
    internal EnvironmentLedger ReadLedgerAtOnce(DeploymentEnvironment environment) =>
        ReadLedgerAsync(environment, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>The journal without its lock, and whether somebody holds that.</summary>
    internal Task<LedgerView> LookAsync(DeploymentEnvironment environment, CancellationToken cancellationToken)
    {
        var journal = StoreOf(environment);
        return LedgerView.LookAsync(journal, token => ReadLedgerAsync(journal, token), cancellationToken);
    }

    /// <summary>The app's databases, in the order in which they are deployed, each with this binary's migrations for it.</summary>
    internal IReadOnlyList<(TargetDatabase Database, MigrationSet Migrations, MigrationSources Sources)> Databases() =>
        [.. model.Databases.All.Select(declared => Open(declared))];

    /// <summary>The databases alone.</summary>
    internal IReadOnlyList<TargetDatabase> Targets() => [.. model.Databases.All.Select(Target)];

    private TargetDatabase Target(DeclaredDatabase declared)
    {
        var database = declared.Dialect.Open(() => declared.Connect(services), host.ContentRootPath);
        database.Key = model.Databases.KeyOf(declared);
        return database;
    }

    private (TargetDatabase Database, MigrationSet Migrations, MigrationSources Sources) Open(DeclaredDatabase declared)
    {
        var (database, sources) = (Target(declared), model.MigrationsOf(declared));
        return (database, MigrationSet.Load(sources, declared.Dialect, host.ContentRootPath, services, database), sources);
    }

    /// <summary>This binary's migrations, for each database; as they are where there is none.</summary>
    internal IReadOnlyList<MigrationSet> LoadMigrations() =>
        [
            .. model.Databases.All.Count > 0 ? Databases().Select(static each => each.Migrations) : [WithoutDatabase()],
            .. Tenants().Select(static fleet => fleet.Migrations),
        ];

    /// <summary>Whether another tool describes some of them.</summary>
    internal bool HasOtherSources =>
        model.Databases.All.Any(declared => model.MigrationsOf(declared).Others.Count > 0)
        || model.Tenants.Any(declared => model.MigrationsOf(declared).Others.Count > 0);

    /// <summary>The migrations of one database, and where they come from.</summary>
    /// <param name="name">The database's name; <see langword="null"/> for the only one, or the first.</param>
    internal (MigrationSet Migrations, MigrationSources Sources) MigrationsOf(string? name)
    {
        if (name is not null)
            return Create(null).OneOrTenants(name) is var parts ? (parts.Migrations, parts.Sources) : default;
        return (LoadMigrations()[0], model.Migrations);
    }

    private MigrationSet WithoutDatabase() => MigrationSet.Load(model.Migrations, model.Dialect, host.ContentRootPath, services, null);

    internal DeploymentParts Create(string? release)
    {
        var environment = Environment;
        if (RegistrationFaults.Of(model, services) is { Count: > 0 } faults)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var paths = PathsOf(environment);
        List<DatabaseParts> databases =
        [
            .. Databases()
                .Select(each => new DatabaseParts(
                    each.Database,
                    each.Migrations,
                    each.Sources,
                    new BackupStore(
                        each.Database,
                        PackingsOf(each.Database, environment),
                        each.Database.Key.IsOnly ? paths.Backups : Path.Combine(paths.Backups, each.Database.Key.Name),
                        token => ReadLedgerAsync(environment, token),
                        time
                    )
                )),
        ];
        var first = databases.Count > 0 ? databases[0] : null;
        var migrations = first?.Migrations ?? WithoutDatabase();
        if (first is null && migrations.All.Count + model.Migrations.Others.Count > 0)
        {
            throw DeploymentException.Refused(
                Codes.RegistrationInvalid,
                $"The app has {(migrations.All.Count > 0 ? $"{migrations.All.Count} migrations" : "a source of migrations")} and no database to apply them to. Name it with .UseSqlite(factory, "
                    + $"\"connection string name\"), .UsePostgreSql(…) or .UseMySql(…) on AddDeployment()."
            );
        }

        foreach (var each in databases)
            each.Database.Prepare();
        return new DeploymentParts
        {
            Environment = environment,
            Release = ReleaseOf(release),
            Services = services,
            Configuration = configuration,
            Recorder = services.GetRequiredService<ConfigurationRecorder>(),
            Pin = PinOf(environment),
            ContentRoot = host.ContentRootPath,
            SealedSecrets = SealedSecrets,
            Databases = databases,
            Database = first?.Database,
            Tenants = Tenants(),
            LockTimeout = LockTimeout,
            WithoutBackup = model.Registrations.Of<ChosenBackup>().NoneToRestore,
            BackupLimit = model.Registrations.Of<ChosenBackup>().Options.WaitAtMost,
            BackupBy = model.Registrations.Of<ChosenBackup>().By,
            Backups = first?.Backups,
            Migrations = migrations,
            Sources = first?.Sources ?? model.Migrations,
            Activator = new ScopedActivator(services, model.Activator, _logger),
            Health = services.GetRequiredService<HealthGate>(),
            Rotators = model.Rotators,
            Resolver = services.GetRequiredService<SecretResolver>(),
            Issued = services.GetRequiredService<IssuedSecrets>(),
            Redactor = redactor,
            InputKey = async token => (await StoreOf(environment).ReadKeyAsync(token).ConfigureAwait(false))?.Fingerprints,
            Time = time,
            Logger = _logger,
        };
    }

    private BackupPackings PackingsOf(TargetDatabase database, DeploymentEnvironment environment, string? name = null)
    {
        var options = model.Registrations.Of<ChosenBackup>().Options;
        var keys = options.KeySetting is { } setting ? new BackupKeys(services, setting) : null;
        return new BackupPackings(database, environment.Name, options, keys, name);
    }

    /// <summary>The app's own steps, for the making of one plan.</summary>
    internal OwnSteps OwnSteps() => new(services, model.Steps, _logger);

    internal OwnClasses OwnClasses() => new(services, model, _logger);

    internal PinnedConfiguration PinOf(DeploymentEnvironment environment) => new(PathsOf(environment).Pinned, configuration);

    /// <summary>The release that somebody names; this binary's own where they name none, or that one with less of its commit.</summary>
    internal Release ReleaseOf(string? text)
    {
        var own = AppAssembly.ReleaseOf(AppAssembly.Of(host.ApplicationName));
        try
        {
            if (text is null)
                return Release.Parse(own);

            var named = Release.Parse(text);
            return named.Commit is not null && Release.Parse(own) is var built && named.Means(built) ? built : named;
        }
        catch (FormatException e)
        {
            throw DeploymentException.Refused(
                Codes.ReleaseInvalid,
                $"{Sentence.Of(e)} Correct --release, or <Version> in the project of {host.ApplicationName}.",
                e
            );
        }
    }
}
