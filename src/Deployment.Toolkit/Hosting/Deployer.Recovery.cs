using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Preflight;

namespace Deployment.Toolkit;

/// <content>Taking up a run that was cut off.</content>
public sealed partial class Deployer
{
    private Task<DeploymentResult> RecoverAsync(
        string verb,
        RecoveryRequest request,
        Func<RunLog, RunExecutor, CancellationToken, Task<StepResolved?>> settle,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            async environment =>
            {
                var parts = _factory.Create(null);
                await using var own = OwnSteps();
                var launcher = Launcher(parts, request, own);
                var meant =
                    (await _factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false)).OpenRun
                    ?? throw NothingUnfinished(environment);

                await using var session = await launcher.LockAsync(verb, cancellationToken).ConfigureAwait(false);
                var run = session.Ledger.OpenRun ?? throw NothingUnfinished(environment);
                if (run.Id != meant.Id)
                    throw Overtaking.By(meant, run);
                // What a killed backup left unpacked is content of the database, and going back doesn't come to the step that took it.
                foreach (var each in parts.Databases)
                    each.Backups.Folder.SweepUnpacked();
                // What became of the database is the run's own to find out; only whose it is counts here.
                foreach (var each in parts.Databases)
                {
                    if (
                        await KnownDatabase
                            .FindAsync(each.Database, session.Ledger, environment.Name, isReplaced: true, null, cancellationToken)
                            .ConfigureAwait(false) is
                        { } foreign
                    )
                        throw new DeploymentException(DeploymentOutcome.Refused, [foreign]);
                }

                var catalog = await launcher.CatalogAsync(session).ConfigureAwait(false);
                EnsureKnown(run, catalog);
                if (verb == "resume" && run.Direction == StepDirection.Forward)
                    await EnsureMigrationsAsync(run, parts, cancellationToken).ConfigureAwait(false);
                await PlannedPlace.EnsureAsync(run.Plan, parts, session.Ledger.JournalId, cancellationToken).ConfigureAwait(false);
                // What marks lead to is found out on a copy: a verb that is refused has recorded none of them.
                List<StepResolved> found = [.. launcher.Marks(run, request)];
                var trial = (await _factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false)).Find(run.Id)!;
                var executor = new RunExecutor(parts, catalog, session, trial, launcher.Progress, _logger);
                foreach (var mark in found)
                {
                    if (
                        await executor.ObjectionAsync(trial.Find(mark.Step)!, mark.Outcome, cancellationToken).ConfigureAwait(false) is
                        { } objection
                    )
                        throw new DeploymentException(DeploymentOutcome.Refused, [RunMessages.Contradicted(run, mark, objection, verb)]);
                    trial.Try(mark);
                }

                if (await settle(trial, executor, cancellationToken).ConfigureAwait(false) is { } settled)
                    found.Add(settled);

                foreach (var resolved in found)
                    await session
                        .AppendAsync(run.Id, JournalKinds.StepResolved, resolved, JournalJson.Default.StepResolved)
                        .ConfigureAwait(false);
                if (verb == "abort" && run.Direction == StepDirection.Forward)
                    await new RunExecutor(parts, catalog, session, run, launcher.Progress, _logger)
                        .TurnAsync("somebody aborted the run")
                        .ConfigureAwait(false);
                await launcher.ResumeAsync(session, run, verb, request.AcceptDataLoss).ConfigureAwait(false);
                return await launcher.DriveAsync(session, catalog, run, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken
        );

    private static void EnsureKnown(RunLog run, StepCatalog catalog)
    {
        foreach (var step in run.Steps)
        {
            if (catalog.For(step.Planned) is null)
                throw RunMessages.StepMissing(run, step);
        }
    }

    /// <summary>Refuses to go on with a binary that lacks what is still to be applied: the step would fail, and the run go back.</summary>
    private static async Task EnsureMigrationsAsync(RunLog run, DeploymentParts parts, CancellationToken cancellationToken)
    {
        foreach (var each in parts.Databases)
        {
            List<PlannedMigration> missing =
            [
                .. run
                    .Plan.On(each.Database.Key)
                    .Migrations.Where(planned =>
                        !MigrationVersion.IsRepeatable(planned.Version)
                        && each.Migrations.Find(planned.Version)?.Checksum != planned.Checksum
                    ),
            ];
            if (missing.Count == 0)
                continue;

            var applied = (await ReadableHistory.OfAsync(each.Database, each.Migrations, cancellationToken).ConfigureAwait(false))
                .Select(static row => MigrationVersion.Normal(row.Version))
                .ToHashSet(StringComparer.Ordinal);
            if (missing.Find(planned => !applied.Contains(MigrationVersion.Normal(planned.Version))) is { } first)
                throw DeploymentException.Refused(
                    Codes.MigrationMissing,
                    $"Migration {first.Version}_{first.Name} of run {run.Id} is not in this binary as it was planned. Nothing was changed. Run "
                        + $"'deploy resume' with release {run.Plan.Release}, or 'deploy abort'."
                );
        }
    }

    private static DeploymentException NothingUnfinished(DeploymentEnvironment environment) =>
        DeploymentException.Refused(
            Codes.NothingUnfinished,
            $"Environment '{environment.Name}' has no unfinished run. Nothing was changed. 'deploy history --environment "
                + $"{environment.Name}' shows the last ones."
        );
}
