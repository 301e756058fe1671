using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Hosting;

/// <summary>Judges migrations for somebody who asks for it.</summary>
internal sealed class MigrationJudgement(
    DeploymentPartsFactory factory,
    DeploymentEnvironment environment,
    LintMigrationsRequest request,
    string? name
)
{
    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        var isPending = request is { All: false, From: null };
        var found = new List<DeploymentMessage>();
        var count = 0;
        foreach (var (known, judged) in await ChosenAsync(isPending, cancellationToken).ConfigureAwait(false))
        {
            count += judged.Count;
            found.AddRange(known.Faults);
            found.AddRange(judged.SelectMany(MigrationSet.CheckScripts));
            found.AddRange(judged.Where(static definition => !definition.HasWayBack && definition.Irreversible is null).Select(NoWayBack));
            found.AddRange(
                MigrationLint.Judge(
                    judged,
                    factory.Model.Migrations.Weights,
                    environment.IsProtected,
                    factory.Model.Environments.All.Any(static other => other.IsProtected),
                    isOneRun: isPending
                )
            );
        }

        return new DeploymentResult
        {
            Outcome =
                found.Exists(message => message.Severity <= request.FailOn) ? DeploymentOutcome.Refused
                : count == 0 ? DeploymentOutcome.NothingToDo
                : DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages = found,
        };
    }

    private async Task<List<(MigrationSet Known, IReadOnlyList<MigrationDefinition> Judged)>> ChosenAsync(
        bool isPending,
        CancellationToken cancellationToken
    )
    {
        var chosen = new List<(MigrationSet Known, IReadOnlyList<MigrationDefinition> Judged)>();
        if (!isPending)
        {
            foreach (var known in name is null ? factory.LoadMigrations() : [factory.MigrationsOf(name).Migrations])
                chosen.Add((known, Chosen(known)));
            return chosen;
        }

        var parts = factory.Create(null);
        foreach (var each in name is null ? parts.Each : [parts.One(name)])
        {
            var schema = await ReadableHistory.CompareAsync(each.Database, each.Migrations, cancellationToken).ConfigureAwait(false);
            chosen.Add((each.Migrations, schema.Pending));
        }

        return chosen;
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
