using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The migrations that this binary has or the database's history names.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `version`, `name`, `isApplied`, `hasWayBack`, `isKnown`, `isRepeatable`, `isChanged`, "
        + "`database` (of several), `tenants`, `appliedTenants`, `unreachableTenants` (counts, of tenants' migrations)",
    Place = 6
)]
internal sealed class MigrationsSection(IReadOnlyList<MigrationState> migrations) : ReportSection
{
    internal const string Key = "migrations";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (migrations.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(migrations.Count);
        foreach (var migration in migrations)
        {
            rows.Add([
                $"{(migration.IsApplied ? page.Good : page.Idle)}  {Format.Migration(migration.Version, migration.Name, migration.Database)}",
                Tenants(migration)
                    ?? (
                        migration.IsApplied ? "applied"
                        : migration.IsChanged ? "pending, an earlier content is applied"
                        : "pending"
                    ),
                (migration.HasWayBack ? "has a way back" : "no way back of its own")
                    + (migration.IsKnown ? "" : "; came with another release"),
            ]);
        }

        page.Rows(rows);
    }

    private static string? Tenants(MigrationState migration) =>
        migration.Tenants is not { } count ? null
        : migration.UnreachableTenants is > 0 and var lost
            ? $"applied in {migration.AppliedTenants} of {count} tenants, {lost} can't be reached"
        : $"applied in {migration.AppliedTenants} of {count} tenants";

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            migrations,
            static m => new MigrationJson(m.Version, m.Name, m.IsApplied, m.HasWayBack, m.IsKnown, m.IsRepeatable, m.IsChanged, m.Database)
            {
                Tenants = m.Tenants,
                AppliedTenants = m.AppliedTenants,
                UnreachableTenants = m.UnreachableTenants,
            },
            MigrationsShapes.Default.MigrationJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new MigrationsSection(
            ReportMask.List(
                migrations,
                migration =>
                    migration with
                    {
                        Version = mask.Text(migration.Version),
                        Name = mask.Text(migration.Name),
                        Database = mask.Text(migration.Database),
                    }
            )
        );
}

internal sealed record MigrationJson(
    string Version,
    string Name,
    bool IsApplied,
    bool HasWayBack,
    bool IsKnown,
    bool IsRepeatable,
    bool IsChanged,
    string? Database
)
{
    public int? Tenants { get; init; }

    public int? AppliedTenants { get; init; }

    public int? UnreachableTenants { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MigrationJson))]
internal sealed partial class MigrationsShapes : JsonSerializerContext;
