using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;

namespace Deployment.Toolkit.Hosting;

/// <summary>Makes a database as it is the environment's own.</summary>
internal sealed class DatabaseTakeOver(DeploymentPartsFactory factory, DeploymentParts parts, DeploymentEnvironment environment)
{
    internal async Task<DeploymentResult> RunAsync(string reason, CancellationToken cancellationToken)
    {
        var database = parts.Database ?? throw DeploymentDatabase.NoDatabase();
        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request: null, own);
        if (
            await KnownDatabase
                .FindAsync(
                    database,
                    (await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false)),
                    environment.Name,
                    isReplaced: false,
                    parts.Migrations,
                    cancellationToken
                )
                .ConfigureAwait(false)
            is null
        )
            return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };

        await using var session = await launcher.LockAsync("migrations take-over", cancellationToken).ConfigureAwait(false);
        if (session.Ledger.OpenRun is { } open)
        {
            throw DeploymentException.Refused(
                Codes.RunUnfinished,
                $"Run {open.Id} in '{environment.Name}' is not finished, and it may have to go back over the database that it "
                    + $"began with. Nothing was changed. {RunWays.Of(open)}."
            );
        }

        // The rows first: killed in between, the database is still not the one that the journal knows, and the command is run
        // again.
        var rows = await HistoryOwner
            .TakeAsync(
                database,
                session.Ledger.JournalId!,
                session.Fence,
                MigrationRunner.RequestOf("take-over", parts.LockTimeout, factory.Time, static _ => { }),
                cancellationToken
            )
            .ConfigureAwait(false);
        var stamp = await DatabaseStamps.ReadAsync(database, cancellationToken).ConfigureAwait(false);
        await DatabaseStamps
            .ReplaceAsync(database, session.Ledger.JournalId!, environment.Name, factory.Time.GetUtcNow(), cancellationToken)
            .ConfigureAwait(false);
        List<string> from =
        [
            .. rows.Select(static row => row.Journal)
                .Concat(stamp is null ? [] : [stamp.EnvironmentId])
                .Where(journal => journal != session.Ledger.JournalId)
                .Distinct(StringComparer.Ordinal),
        ];
        await session
            .AppendAsync(
                null,
                JournalKinds.DatabaseTakenOver,
                new DatabaseTakenOver([.. rows.Select(static row => row.Version)], from, reason, factory.Operator.Operator)
                {
                    Database = parts.Key.Recorded,
                    Stamp = stamp is null || stamp.EnvironmentId == session.Ledger.JournalId ? null : VisibleText.Line(stamp.Environment),
                    Runs = [.. rows.Select(static row => row.Run).Distinct(StringComparer.Ordinal)],
                },
                JournalJson.Default.DatabaseTakenOver
            )
            .ConfigureAwait(false);
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.DatabaseTakenOver,
                    $"Database '{database.Title}' with {rows.Count} {(rows.Count == 1 ? "migration" : "migrations")} is that of "
                        + $"'{environment.Name}' from now "
                        + $"on{(from.Count == 0 ? "" : ", and no longer that of the journal which it was written under")}. "
                        + $"Run 'deploy plan --environment {environment.Name}' to see what is pending.",
                    MessageSeverity.Information
                ),
            ],
        };
    }
}
