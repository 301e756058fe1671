using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The SQL that the migrations of a plan run.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}, with `--sql`: `version`, `name`, `file`, `sql`, `className` (of a class, whose code says what it runs), "
        + "`isOutsideTransaction`, `database` (of several)",
    Place = 2
)]
internal sealed class ScriptsSection(IReadOnlyList<PlannedScript> scripts) : ReportSection
{
    internal const string Key = "scripts";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        foreach (var script in scripts)
        {
            page.Title(
                $"SQL of {Format.Migration(script.Version, script.Name, script.Database)}{(script.IsOutsideTransaction ? ", outside a transaction" : "")}"
            );
            if (script.Sql is not { } sql)
            {
                page.Line($"  class {script.ClassName}: what it runs stands in its code");
                continue;
            }

            page.Line(page.Ink.Faint($"  {script.File}"));
            foreach (var line in sql.TrimStart('\uFEFF').TrimEnd().Split('\n'))
                page.Line($"  | {Shown.Lines(line.TrimEnd('\r'))}");
        }
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            scripts,
            static s => new ScriptJson(s.Version, s.Name, s.File, s.Sql, s.ClassName, s.IsOutsideTransaction, s.Database),
            ScriptsShapes.Default.ScriptJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new ScriptsSection(
            ReportMask.List(
                scripts,
                script => new PlannedScript
                {
                    Version = mask.Text(script.Version),
                    Name = mask.Text(script.Name),
                    File = mask.Text(script.File),
                    Sql = mask.Text(script.Sql),
                    ClassName = mask.Text(script.ClassName),
                    IsOutsideTransaction = script.IsOutsideTransaction,
                    Database = mask.Text(script.Database),
                }
            )
        );
}

internal sealed record ScriptJson(
    string Version,
    string Name,
    string? File,
    string? Sql,
    string? ClassName,
    bool IsOutsideTransaction,
    string? Database
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ScriptJson))]
internal sealed partial class ScriptsShapes : JsonSerializerContext;
