using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Backups that there are.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `name`, `file`, `takenAt`, `durationSeconds`, `size` in bytes, `sha256`, `keyId` of one that is encrypted, "
        + "`release`, `schema[]`, `database` (of several), `tenant` (of a tenant's)",
    Place = 13
)]
internal sealed class BackupsSection(IReadOnlyList<BackupInfo> backups) : ReportSection
{
    internal const string Key = "backups";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (backups.Count == 0)
            return;

        page.Line();
        var isOfSeveral = backups.Any(static backup => backup.Database is not null);
        var isOfTenants = backups.Any(static backup => backup.Tenant is not null);
        var rows = new List<Shown[]>(backups.Count + 1)
        {
            (Shown[])
                [
                    .. isOfSeveral ? (Shown[])["DATABASE"] : [],
                    .. isOfTenants ? (Shown[])["TENANT"] : [],
                    "NAME",
                    "TAKEN",
                    "SIZE",
                    "KEY",
                    "RELEASE",
                    "SCHEMA",
                ],
        };
        foreach (var backup in backups)
        {
            rows.Add([
                .. isOfSeveral ? (Shown[])[backup.Database ?? page.Dash] : [],
                .. isOfTenants ? (Shown[])[backup.Tenant ?? page.Dash] : [],
                backup.Name,
                Format.Minute(backup.TakenAt),
                Format.Size(backup.Size),
                backup.KeyId ?? page.Dash,
                backup.Release?.ToString() ?? page.Dash,
                backup.Schema.Count == 0 ? page.Dash : backup.Schema[^1],
            ]);
        }

        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, backups, Shape, BackupsShapes.Default.BackupJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new BackupsSection(
            ReportMask.List(
                backups,
                backup =>
                    backup with
                    {
                        Name = mask.Text(backup.Name),
                        File = mask.Text(backup.File),
                        Sha256 = mask.Text(backup.Sha256),
                        KeyId = backup.KeyId is { } key ? mask.Text(key) : null,
                        Release = mask.Of(backup.Release),
                        Schema = mask.Texts(backup.Schema),
                        Database = mask.Text(backup.Database),
                        Tenant = mask.Text(backup.Tenant),
                    }
            )
        );

    private static BackupJson Shape(BackupInfo backup) =>
        new(
            backup.Name,
            backup.File,
            Format.Iso(backup.TakenAt),
            backup.DurationSeconds,
            backup.Size,
            backup.Sha256,
            backup.KeyId,
            ReleaseJson.Of(backup.Release),
            backup.Schema,
            backup.Database,
            backup.Tenant
        );
}

internal sealed record BackupJson(
    string Name,
    string File,
    string TakenAt,
    double DurationSeconds,
    long Size,
    string Sha256,
    string? KeyId,
    ReleaseJson? Release,
    IReadOnlyList<string> Schema,
    string? Database,
    string? Tenant
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(BackupJson))]
internal sealed partial class BackupsShapes : JsonSerializerContext;
