using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Collects the scripts that run again whenever their content is another: <c>R__views.sql</c>, with a way back behind a line
/// <c>-- down</c> or in <c>R__views.down.sql</c>.
/// </summary>
internal sealed class RepeatableScripts(DatabaseDialect dialect)
{
    private const string Down = "down";

    private readonly List<(string Version, string Name, MigrationScript Script)> _ups = [];
    private readonly List<(string Version, MigrationScript Script)> _downs = [];

    /// <returns>Whether it is one.</returns>
    internal bool Take(MigrationScript script)
    {
        if (MigrationVersion.ParseRepeatable(Path.GetFileName(script.File)) is not var (version, name, isDown))
            return false;
        if (isDown)
            _downs.Add((version, script));
        else
            _ups.Add((version, name, script));
        return true;
    }

    /// <summary>Those that were taken, by name.</summary>
    internal IReadOnlyList<MigrationDefinition> Read(List<DeploymentMessage> faults)
    {
        var definitions = new List<MigrationDefinition>();
        foreach (var same in _ups.GroupBy(static up => up.Version, StringComparer.OrdinalIgnoreCase))
        {
            var (version, name, script) = same.First();
            if (same.Count() > 1)
                Fault(faults, same.Last().Script, $"Repeatable script '{same.Last().Script.File}' is there twice. Delete one of them.");
            var separate = _downs.Where(down => down.Version.Equals(version, StringComparison.OrdinalIgnoreCase)).ToList();
            var (up, within) = Split(script);
            var down = within ?? separate.Select(static down => down.Script).FirstOrDefault();
            if (separate.Count + (within is null ? 0 : 1) > 1)
                Fault(
                    faults,
                    script,
                    $"Repeatable script '{script.File}' has two ways back, and one of them is '{separate[^1].Script.File}'. Delete one of them."
                );
            definitions.Add(
                new MigrationDefinition(dialect, version, name)
                {
                    Up = up,
                    Whole = script.Text,
                    Down = down is not null && (dialect.HasStatement(down.Text) || !dialect.HasStatement(up.Text)) ? down : null,
                    Irreversible = ScriptMarkers.Of(dialect, up.Text).IrreversibleReason,
                }
            );
        }

        foreach (
            var (version, script) in _downs.Where(down =>
                !_ups.Exists(up => up.Version.Equals(down.Version, StringComparison.OrdinalIgnoreCase))
            )
        )
            Fault(
                faults,
                script,
                $"Way back '{script.File}' belongs to no script '{version}.sql'. Rename it like its script, or delete it."
            );
        definitions.Sort(static (a, b) => string.CompareOrdinal(a.Version, b.Version));
        return definitions;
    }

    private (MigrationScript Up, MigrationScript? Down) Split(MigrationScript script)
    {
        if (!script.Text.Contains(Down, StringComparison.OrdinalIgnoreCase))
            return (script, null);

        var offset = script.Text.StartsWith('\uFEFF') ? 1 : 0;
        var text = script.Text[offset..];
        foreach (var (comment, start) in dialect.Comments(text))
        {
            if (!comment.AsSpan().Trim().Equals(Down, StringComparison.OrdinalIgnoreCase) || !LintAllowances.StandsAlone(text, start))
                continue;
            // As many lines above it, so that places in it are those of the file.
            var (line, _) = new LineCursor(text).MoveTo(start);
            return (script with { Text = text[..start] }, script with { Text = new string('\n', line - 1) + text[start..] });
        }

        return (script, null);
    }

    private static void Fault(List<DeploymentMessage> faults, MigrationScript script, string text) =>
        faults.Add(new DeploymentMessage(Codes.MigrationVersion, text) { File = script.File });
}
