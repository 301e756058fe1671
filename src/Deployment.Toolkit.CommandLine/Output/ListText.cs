using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The short lists: health checks, migrations and their SQL, files, backups.</summary>
internal static class ListText
{
    internal static void Health(Page page, HealthReport report)
    {
        if (report.Entries.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(report.Entries.Count);
        foreach (var (name, entry) in report.Entries)
        {
            var mark = entry.Status switch
            {
                HealthStatus.Healthy => page.Good,
                HealthStatus.Degraded => page.Doubt,
                _ => page.Bad,
            };
            rows.Add([
                $"{mark}  {name}",
                Format.Words(entry.Status),
                Format.Duration(entry.Duration.TotalSeconds),
                entry.Description ?? entry.Exception?.Message ?? "",
            ]);
        }

        page.Rows(rows);
    }

    internal static void Migrations(Page page, IReadOnlyList<MigrationState> migrations)
    {
        page.Line();
        var rows = new List<Shown[]>(migrations.Count);
        foreach (var migration in migrations)
        {
            rows.Add([
                $"{(migration.IsApplied ? page.Good : page.Idle)}  {migration.Version}_{migration.Name}",
                migration.IsApplied ? "applied" : "pending",
                (migration.HasWayBack ? "has a way back" : "no way back of its own")
                    + (migration.IsKnown ? "" : "; came with another release"),
            ]);
        }

        page.Rows(rows);
    }

    internal static void Scripts(Page page, IReadOnlyList<PlannedScript> scripts)
    {
        foreach (var script in scripts)
        {
            page.Title($"SQL of {script.Version}_{script.Name}{(script.IsOutsideTransaction ? ", outside a transaction" : "")}");
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

    internal static void Files(Page page, IReadOnlyList<string> files)
    {
        foreach (var file in files)
            page.Line($"  {file}");
    }

    internal static void Retention(Page page, IReadOnlyList<BackupDecision> decisions)
    {
        page.Line();
        var rows = new List<Shown[]>(decisions.Count + 1) { (Shown[])["NAME", "TAKEN", "SIZE", "RELEASE", "", "BECAUSE"] };
        foreach (var decision in decisions)
        {
            rows.Add([
                decision.Name,
                decision.TakenAt is { } taken ? Format.Minute(taken) : page.Dash,
                Format.Size(decision.Size),
                decision.Release?.ToString() ?? page.Dash,
                decision.IsRemoved ? page.Ink.Warn("goes") : "stays",
                decision.Reason,
            ]);
        }

        page.Rows(rows);
    }

    internal static void Backups(Page page, IReadOnlyList<BackupInfo> backups)
    {
        page.Line();
        var rows = new List<Shown[]>(backups.Count + 1) { (Shown[])["NAME", "TAKEN", "SIZE", "RELEASE", "SCHEMA"] };
        foreach (var backup in backups)
        {
            rows.Add([
                backup.Name,
                Format.Minute(backup.TakenAt),
                Format.Size(backup.Size),
                backup.Release?.ToString() ?? page.Dash,
                backup.Schema.Count == 0 ? page.Dash : backup.Schema[^1],
            ]);
        }

        page.Rows(rows);
    }
}
