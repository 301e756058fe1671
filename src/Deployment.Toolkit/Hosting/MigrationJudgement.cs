using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Hosting;

/// <summary>Judges migrations for somebody who asks for it.</summary>
internal sealed class MigrationJudgement(DeploymentPartsFactory factory, DeploymentEnvironment environment, LintMigrationsRequest request)
{
    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        var isPending = request is { All: false, From: null };
        var known = factory.LoadMigrations();
        var judged = isPending ? await PendingAsync(cancellationToken).ConfigureAwait(false) : Chosen(known);
        List<DeploymentMessage> found =
        [
            .. known.Faults,
            .. judged.SelectMany(MigrationSet.CheckScripts),
            .. judged.Where(static definition => !definition.HasWayBack && definition.Irreversible is null).Select(NoWayBack),
            .. MigrationLint.Judge(
                judged,
                factory.Model.Migrations.Weights,
                environment.IsProtected,
                factory.Model.Environments.All.Any(static other => other.IsProtected),
                isOneRun: isPending
            ),
        ];
        return new DeploymentResult
        {
            Outcome =
                found.Exists(message => message.Severity <= request.FailOn) ? DeploymentOutcome.Refused
                : judged.Count == 0 ? DeploymentOutcome.NothingToDo
                : DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages = found,
        };
    }

    private async Task<IReadOnlyList<MigrationDefinition>> PendingAsync(CancellationToken cancellationToken)
    {
        var parts = factory.Create(null);
        return (await ReadableHistory.CompareAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false)).Pending;
    }

    private IReadOnlyList<MigrationDefinition> Chosen(MigrationSet known)
    {
        if (request.From is not { } from)
            return [.. known.All, .. known.Repeatables];
        if (MigrationVersion.IsVersion(from))
            return [.. known.All.Where(definition => MigrationVersion.Compare(definition.Version, from) >= 0), .. known.Repeatables];
        throw DeploymentException.Refused(
            Codes.CommandLineInvalid,
            $"Version '{from}' is no number. Name the first migration to judge: 'deploy migrations lint --from 0007'."
        );
    }

    private static DeploymentMessage NoWayBack(MigrationDefinition definition) =>
        new(
            Codes.MigrationNoWayBack,
            $"Migration {definition.Title} has no way back: past it a deployment goes back by a backup alone, without what was written since. "
                + (
                    definition.IsRepeatable
                        ? "Write what takes it away below a line '-- down' in it, or why there is none: '-- irreversible: why'."
                    : definition.ClassName is null
                        ? $"Write {definition.Title}.down.sql, or into the script why there is none: '-- irreversible: why'."
                    : "Override DownAsync, or mark the class with [Irreversible(\"why\")]."
                ),
            MessageSeverity.Warning
        )
        {
            File = definition.Up?.File,
        };
}
