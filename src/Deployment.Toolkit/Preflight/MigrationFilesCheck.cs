using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// What lies among the migrations and isn't one; and tables that pending scripts rebuild although rows of others would go with them.
/// </summary>
internal sealed class MigrationFilesCheck : PreflightCheck
{
    private const int Shown = 10;

    internal override bool IsOfDatabase => true;

    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention is not { Kind: RunKind.Up, Parts: { } parts })
            return [];

        var findings = new List<DeploymentMessage>();
        if (intention.IsLook && parts.Sources.Ignored(parts.ContentRoot) is { Count: > 0 } ignored)
        {
            var more = ignored.Count > Shown ? $" and {ignored.Count - Shown} more" : "";
            findings.Add(
                new DeploymentMessage(
                    Codes.MigrationFileIgnored,
                    $"Among the migrations {(ignored.Count == 1 ? "is what is" : "are what are")} none: "
                        + $"{string.Join(", ", ignored.Take(Shown).Select(static file => $"'{file}'"))}{more}. Rename what should be "
                        + $"applied like 0007_name.sql, directly in the folder, and move the rest elsewhere.",
                    MessageSeverity.Warning
                )
            );
        }

        if (intention.Draft is { } draft && parts.Database is { Exists: true } database)
            findings.AddRange(await RebuildsAsync(parts.Migrations, draft, database, cancellationToken).ConfigureAwait(false));
        return findings;
    }

    private static async Task<List<DeploymentMessage>> RebuildsAsync(
        MigrationSet known,
        DeploymentPlan draft,
        TargetDatabase database,
        CancellationToken cancellationToken
    )
    {
        var findings = new List<DeploymentMessage>();
        var earlier = new SqlNames(database.Dialect);
        foreach (var definition in draft.Migrations.Select(planned => known.Find(planned.Version)).OfType<MigrationDefinition>())
        {
            // What a class does before cannot be told.
            if (definition.Up is not { } script)
                break;
            if (!definition.ForeignKeysOff && !definition.IsOutsideTransaction)
            {
                foreach (var shape in database.Dialect.Rebuilds(definition.UpScript))
                    await AddAsync(definition, script, shape).ConfigureAwait(false);
            }

            earlier.Add(script.Text);
        }

        return findings;

        async Task AddAsync(MigrationDefinition definition, MigrationScript script, TableRebuild shape)
        {
            await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            // A child that something speaks of before may be empty, or gone, by then: that is seen when it comes to it.
            var consequences = await database
                .Dialect.DropConsequencesAsync(
                    connection,
                    null,
                    shape.Table,
                    child => !earlier.All.Contains(child) && !shape.Before.All.Contains(child),
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (consequences is null)
                return;

            var (line, column) = (shape.Drop.Line, shape.Drop.Column);
            findings.Add(
                new DeploymentMessage(
                    Codes.MigrationCascades,
                    $"{script.File}:{line}:{column}: Rebuilding table '{shape.Table}' drops it first, which {consequences}. Nothing was "
                        + $"begun. {DropGuard.RebuildMend}"
                )
                {
                    File = script.File,
                    Line = line,
                    Column = column,
                    Excerpt = SourceExcerpt.Render(script.Text, line, column),
                }
            );
        }
    }
}
