using System.Text.Json;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// Reads a frozen plan by hand, see <see cref="RecordData"/>. Journals of older releases lack what plans did not have then.
/// </summary>
internal static class PlanData
{
    internal static DeploymentPlan Read(JsonElement data) =>
        new()
        {
            Kind = (RunKind)RecordData.Named(data, "kind", typeof(RunKind)),
            Environment = RecordData.Text(data, "environment"),
            EnvironmentId = RecordData.TextOrNull(data, "environmentId"),
            Stamps = RecordData.Has(data, "stamps", out var stamps) ? RecordData.Texts(stamps) : null,
            Release = RecordData.Release(RecordData.Object(data, "release")),
            PreviousRelease = RecordData.Has(data, "previousRelease", out var previous) ? RecordData.Release(previous) : null,
            Steps = List(data, "steps", Step),
            Migrations = List(data, "migrations", Migration),
            Gates = List(data, "gates", Gate),
            Configuration = RecordData.Has(data, "configuration", out var configuration)
                ? Difference(configuration)
                : new ConfigurationDifference(),
            Databases = RecordData.Has(data, "databases", out var databases) ? RecordData.List(databases, Database) : null,
            Tenants = RecordData.Has(data, "tenants", out var tenants) ? RecordData.List(tenants, Tenants) : null,
            SchemaBefore = Texts(data, "schemaBefore"),
            SchemaAfter = Texts(data, "schemaAfter"),
            SchemaWayBack = WayBack(data),
            Backup = RecordData.TextOrNull(data, "backup"),
            AcceptsDataLoss = RecordData.Is(data, "acceptsDataLoss"),
            Secret = RecordData.TextOrNull(data, "secret"),
            MigrationsOnly = RecordData.Is(data, "migrationsOnly") ? true : null,
            Reason = RecordData.TextOrNull(data, "reason"),
            Bypass = RecordData.Has(data, "bypass", out var bypass) ? Bypass(bypass) : null,
            Risks = Texts(data, "risks"),
            Hash = RecordData.TextOrNull(data, "hash") ?? "",
        };

    private static PlannedDatabase Database(JsonElement data) =>
        new()
        {
            Name = RecordData.Text(data, "name"),
            SchemaBefore = Texts(data, "schemaBefore"),
            SchemaAfter = Texts(data, "schemaAfter"),
            SchemaWayBack = WayBack(data),
            Backup = RecordData.TextOrNull(data, "backup"),
        };

    private static int Count(JsonElement data, string name) => RecordData.Has(data, name, out var count) ? count.GetInt32() : 0;

    private static PlannedTenants Tenants(JsonElement data) =>
        new()
        {
            Name = RecordData.Text(data, "name"),
            Count = Count(data, "count"),
            Groups = List(
                data,
                "groups",
                static group => new TenantGroup
                {
                    Count = (int)RecordData.Number(group, "count"),
                    Pending = (int)RecordData.Number(group, "pending"),
                    Newer = Count(group, "newer"),
                    IsBackedUp = RecordData.Is(group, "isBackedUp"),
                    IsRestored = RecordData.Is(group, "isRestored"),
                    Examples = Texts(group, "examples"),
                }
            ),
            Unreachable = Count(data, "unreachable"),
            Migrations = List(data, "migrations", Migration),
            Versions = Texts(data, "versions"),
            Contents = RecordData.TextOrNull(data, "contents") ?? "",
            Backups = RecordData.Has(data, "backups", out var backups) ? RecordData.Dictionary(backups, StringComparer.Ordinal) : null,
            KeepsMigrated = RecordData.Is(data, "keepsMigrated"),
            NotFound = RecordData.TextOrNull(data, "notFound"),
        };

    private static SchemaWayBack WayBack(JsonElement data) =>
        RecordData.Has(data, "schemaWayBack", out _)
            ? (SchemaWayBack)RecordData.Named(data, "schemaWayBack", typeof(SchemaWayBack))
            : default;

    private static PlannedStep Step(JsonElement data) =>
        new()
        {
            Name = RecordData.Text(data, "name"),
            Effect = RecordData.Text(data, "effect"),
            WayBack = RecordData.TextOrNull(data, "wayBack"),
            Irreversible = RecordData.TextOrNull(data, "irreversible"),
            ChangesNothing = RecordData.Is(data, "changesNothing"),
            IsIdempotent = RecordData.Is(data, "isIdempotent"),
            IsRequired = !RecordData.Has(data, "isRequired", out var required) || required.GetBoolean(),
            TimeoutSeconds = RecordData.Has(data, "timeoutSeconds", out var timeout) ? timeout.GetDouble() : 0,
            Retries = RecordData.Has(data, "retries", out var retries) ? retries.GetInt32() : 0,
            Reverts = RecordData.TextOrNull(data, "reverts"),
            Data = RecordData.Has(data, "data", out var kept) ? RecordData.Dictionary(kept, StringComparer.Ordinal) : [],
            InputHash = RecordData.TextOrNull(data, "inputHash") ?? "",
        };

    private static PlannedMigration Migration(JsonElement data) =>
        new()
        {
            Version = RecordData.Text(data, "version"),
            Name = RecordData.Text(data, "name"),
            Checksum = RecordData.Text(data, "checksum"),
            HasWayBack = RecordData.Get(data, "hasWayBack").GetBoolean(),
            Irreversible = RecordData.TextOrNull(data, "irreversible"),
            Before = RecordData.TextOrNull(data, "before"),
            Database = RecordData.TextOrNull(data, "database"),
        };

    private static PlannedGate Gate(JsonElement data) =>
        new()
        {
            Name = RecordData.Text(data, "name"),
            Outcome = (GateOutcome)RecordData.Named(data, "outcome", typeof(GateOutcome)),
            Reason = RecordData.Text(data, "reason"),
            Code = RecordData.Text(data, "code"),
            Bypassed = RecordData.TextOrNull(data, "bypassed"),
            Evidence = RecordData.Has(data, "evidence", out var evidence) ? RecordData.Dictionary(evidence, StringComparer.Ordinal) : null,
        };

    private static PlannedBypass Bypass(JsonElement data) =>
        new()
        {
            IsHotfix = RecordData.Is(data, "isHotfix"),
            IsBreakGlass = RecordData.Is(data, "isBreakGlass"),
            Reason = RecordData.Text(data, "reason"),
            ApprovedBy = Texts(data, "approvedBy"),
            Bypassed = Texts(data, "bypassed"),
            MustFollow = RecordData.Text(data, "mustFollow"),
            Until = RecordData.Has(data, "until", out var until) ? until.GetDateTimeOffset() : null,
        };

    private static ConfigurationDifference Difference(JsonElement data) =>
        new()
        {
            Hash = RecordData.TextOrNull(data, "hash") ?? "",
            Added = Texts(data, "added"),
            Changed = Texts(data, "changed"),
            Removed = Texts(data, "removed"),
            CannotCompare = Texts(data, "cannotCompare"),
        };

    private static List<string> Texts(JsonElement data, string name) =>
        RecordData.Has(data, name, out var texts) ? RecordData.Texts(texts) : [];

    private static List<T> List<T>(JsonElement data, string name, Func<JsonElement, T> read)
        where T : class => RecordData.Has(data, name, out var items) ? RecordData.List(items, read) : [];
}
