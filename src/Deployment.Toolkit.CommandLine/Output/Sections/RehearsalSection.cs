using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What became of each migration on a copy of the database.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `version`, `name`, `verdict`, `upSeconds`, `downSeconds`, `differences[]`, `failure`, "
        + "`database` (of several), `tenant` (of tenants: the one that was tried for all)",
    Place = 18
)]
internal sealed class RehearsalSection(IReadOnlyList<RehearsedMigration> migrations) : ReportSection
{
    internal const string Key = "rehearsal";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (migrations.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(migrations.Count);
        foreach (var migration in migrations)
            rows.Add([
                $"{(migration.Verdict is RehearsalVerdict.Proven ? page.Good : migration.Verdict is RehearsalVerdict.NoWayBack ? page.Idle : page.Bad)}  {Format.Migration(migration.Version, migration.Name, migration.Database)}{(migration.Tenant is { } tenant ? $" (on tenant {tenant})" : "")}",
                Format.Duration(migration.Up.TotalSeconds),
                Words(migration.Verdict),
            ]);
        page.Rows(rows);
        foreach (var migration in migrations)
        {
            foreach (var line in migration.Differences)
                page.Line($"      {line}");
        }
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            migrations,
            static m => new RehearsedJson(
                m.Version,
                m.Name,
                Format.Camel(m.Verdict),
                m.Up.TotalSeconds,
                m.Down.TotalSeconds,
                m.Differences,
                m.Failure,
                m.Database,
                m.Tenant
            ),
            RehearsalShapes.Default.RehearsedJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new RehearsalSection(
            ReportMask.List(
                migrations,
                migration =>
                    migration with
                    {
                        Version = mask.Text(migration.Version),
                        Name = mask.Text(migration.Name),
                        Database = mask.Text(migration.Database),
                        Tenant = mask.Text(migration.Tenant),
                        Differences = ReportMask.List(migration.Differences, mask.Text),
                        Failure = migration.Failure is { } failure ? mask.Text(failure) : null,
                    }
            )
        );

    private static string Words(RehearsalVerdict verdict) =>
        verdict switch
        {
            RehearsalVerdict.Proven => "up, back and up again",
            RehearsalVerdict.NoWayBack => "up; its way back is a backup",
            RehearsalVerdict.WayBackDiffers => "the way back leaves something else",
            RehearsalVerdict.WayBackFailed => "the way back fails",
            RehearsalVerdict.NotRepeatable => "does not go up again to the same",
            _ => "fails",
        };
}

internal sealed record RehearsedJson(
    string Version,
    string Name,
    string Verdict,
    double UpSeconds,
    double DownSeconds,
    IReadOnlyList<string> Differences,
    string? Failure,
    string? Database,
    string? Tenant
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RehearsedJson))]
internal sealed partial class RehearsalShapes : JsonSerializerContext;
