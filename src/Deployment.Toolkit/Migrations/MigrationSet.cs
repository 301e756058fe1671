using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>This binary's migrations in order, and everything that is wrong with them.</summary>
internal sealed class MigrationSet
{
    private MigrationSet(IReadOnlyList<MigrationDefinition> all, IReadOnlyList<DeploymentMessage> faults) => (All, Faults) = (all, faults);

    internal IReadOnlyList<MigrationDefinition> All { get; }

    internal IReadOnlyList<DeploymentMessage> Faults { get; }

    /// <summary>What the journal keeps of them when their release is verified.</summary>
    internal IReadOnlyList<VerifiedMigration> Evidence => [.. All.Select(static definition => definition.ToEvidence())];

    internal MigrationDefinition? Find(string version) =>
        All.FirstOrDefault(definition => MigrationVersion.Compare(definition.Version, version) == 0);

    internal static MigrationSet Load(MigrationSources sources, string contentRoot)
    {
        var faults = new List<DeploymentMessage>();
        var (scripts, classes) = sources.Read(contentRoot);
        var ups = new List<MigrationDefinition>();
        var downs = new List<(string Version, MigrationScript Script)>();
        foreach (var script in scripts)
        {
            if (MigrationVersion.ParseFileName(Path.GetFileName(script.File)) is not { } parsed)
                Fault(faults, Codes.MigrationVersion, script.File, $"Migration file '{script.File}' has no version. Name it like 0007_{Path.GetFileNameWithoutExtension(script.File)}.sql; 'deploy migrations add NAME' does.");
            else if (parsed.IsDown)
                downs.Add((parsed.Version, script));
            else
                ups.Add(new MigrationDefinition(parsed.Version, parsed.Name) { Up = script, Irreversible = MigrationDefinition.IrreversibleReason(script.Text) });
        }

        foreach (var definition in classes)
        {
            if (MigrationVersion.IsVersion(definition.Version)) ups.Add(definition);
            else Fault(faults, Codes.MigrationVersion, null, $"Migration class '{definition.ClassName}' has no version that is a number. Write [Migration(\"0007\", \"what it does\")] on it.");
        }

        foreach (var (version, script) in downs)
        {
            var index = ups.FindIndex(up => up.Up is not null && MigrationVersion.Compare(up.Version, version) == 0);
            if (index < 0)
                Fault(faults, Codes.MigrationVersion, script.File, $"Way back '{script.File}' belongs to no migration of version {version}. Rename it like its migration, with .down.sql at the end.");
            // An empty one, as `migrations add` makes it, would take nothing back and say that it did.
            else if (HasStatement(script.Text) || !HasStatement(ups[index].Up!.Text))
                ups[index] = ups[index] with { Down = script };
        }

        ups.Sort(static (a, b) => MigrationVersion.Compare(a.Version, b.Version));
        foreach (var twins in ups.GroupBy(static up => up.Version.TrimStart('0'), StringComparer.Ordinal).Where(static group => group.Count() > 1))
            Fault(faults, Codes.MigrationVersion, twins.Last().Up?.File, $"Version {twins.First().Version} stands on {twins.Count()} migrations: {string.Join(", ", twins.Select(static up => up.Title))}. Give all but the one that was applied first a new version.");

        return new MigrationSet(ups, faults);
    }

    /// <summary>What is wrong inside a migration's scripts. Applied ones are not read again: what they did is done.</summary>
    internal static IReadOnlyList<DeploymentMessage> CheckScripts(MigrationDefinition definition)
    {
        var faults = new List<DeploymentMessage>();
        if (definition.Up is { } up) CheckScript(faults, up, definition.UpScript);
        if (definition.Down is { } down) CheckScript(faults, down, SqliteLexer.Read(down.Text));
        return faults;
    }

    private static bool HasStatement(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Trim() is { IsEmpty: false } said && !said.StartsWith("--", StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static void CheckScript(List<DeploymentMessage> faults, MigrationScript script, SqlScript read)
    {
        foreach (var fault in read.Faults)
        {
            faults.Add(new DeploymentMessage(fault.Code, $"{script.File}:{fault.Line}:{fault.Column}: {fault.Text}")
            {
                File = script.File,
                Line = fault.Line,
                Column = fault.Column,
                Excerpt = SourceExcerpt.Render(script.Text, fault.Line, fault.Column),
            });
        }
    }

    private static void Fault(List<DeploymentMessage> faults, string code, string? file, string text) =>
        faults.Add(new DeploymentMessage(code, text) { File = file });
}
