using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;

namespace Deployment.Toolkit.Hosting;

/// <summary>Takes a corrected way back into the history, on purpose.</summary>
internal sealed class MigrationRepair(DeploymentPartsFactory factory, string? name, string? tenant)
{
    internal async Task<DeploymentResult> RunAsync(string version, string reason, bool dryRun, CancellationToken cancellationToken)
    {
        var parts = await factory.Create(null).OneAsync(name, tenant, cancellationToken).ConfigureAwait(false);
        var (row, down) = await FindAsync(parts, version, cancellationToken).ConfigureAwait(false);
        if (row.DownSql is { } kept && ChecksumOf(parts, kept) == ChecksumOf(parts, down.Text))
        {
            return new DeploymentResult
            {
                Outcome = DeploymentOutcome.NothingToDo,
                Environment = parts.Environment.Name,
                Messages =
                [
                    new DeploymentMessage(
                        Codes.MigrationNotRepaired,
                        $"The history keeps the way back of migration {row.Title} as '{down.File}' has it already.",
                        MessageSeverity.Information
                    ),
                ],
            };
        }

        if (dryRun)
            return Done(parts, row, down, "would be");
        if (string.IsNullOrWhiteSpace(reason))
            throw Refused("The reason is empty. Say why the way back is replaced with --reason \"…\"; the journal keeps it.");

        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request: null, own);
        await using var session = await launcher.LockAsync("migrations repair", cancellationToken).ConfigureAwait(false);
        if (
            await KnownDatabase
                .FindAsync(parts.Database!, session.Ledger, parts.Environment.Name, isReplaced: true, null, cancellationToken)
                .ConfigureAwait(false) is
            { } foreign
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [foreign]);

        var database = parts.Database!;
        await using var held = await database
            .LockAsync(MigrationRunner.RequestOf("repair", parts.LockTimeout, factory.Time, static _ => { }), cancellationToken)
            .ConfigureAwait(false);
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await database.Dialect.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        await MigrationHistory
            .EnsureFenceAsync(database.Dialect, connection, transaction, session.Ledger.JournalId!, session.Fence, cancellationToken)
            .ConfigureAwait(false);
        var now = (
            await MigrationHistory.ReadAsync(database.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false)
        ).FirstOrDefault(applied => applied.Version == row.Version);
        if (now is null || now.DownSql != row.DownSql)
            throw Refused(
                $"Migration {row.Title} was undone or repaired by somebody else meanwhile. Nothing was changed. Run 'deploy migrations "
                    + $"list'."
            );

        // Said before it is done: run again after a crash in between, it is said and done again.
        await session
            .AppendAsync(
                null,
                JournalKinds.MigrationRepaired,
                new MigrationRepaired(
                    row.Version,
                    row.Name,
                    row.DownSql is null ? null : ChecksumOf(parts, row.DownSql),
                    ChecksumOf(parts, down.Text),
                    parts.Redactor.Redact(reason),
                    factory.Operator.Operator
                )
                {
                    Database = parts.Key.Recorded,
                },
                JournalJson.Default.MigrationRepaired
            )
            .ConfigureAwait(false);
        Boundary.Reached("repair: recorded");
        await MigrationHistory
            .ReplaceWayBackAsync(database.Dialect, connection, transaction, row.Version, down, cancellationToken)
            .ConfigureAwait(false);
        if (held is not null)
            await held.EnsureUntilCommitAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        Boundary.Reached("repair: done");
        return Done(parts, row, down, "is");
    }

    private static async Task<(AppliedMigration Row, MigrationScript Down)> FindAsync(
        DeploymentParts parts,
        string version,
        CancellationToken cancellationToken
    )
    {
        var wanted = version.Split('_')[0];
        if (parts.Migrations.Faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, parts.Migrations.Faults);
        if (MigrationVersion.ParseRepeatable(version + ".sql") is var (script, _, _))
            throw Refused(
                $"{script} is a repeatable script, whose way back is its earlier content as the database keeps it: no file of this binary could "
                    + "take its place. Where that can't be put there, drop by hand what is in its way, with what depends on it, and run 'deploy resume'."
            );
        if (!MigrationVersion.IsVersion(wanted) || parts.Migrations.Find(wanted) is not { } definition)
        {
            throw Refused(
                $"This binary has no migration "
                    + $"'{version}'.{Suggestion.Sentence(wanted, parts.Migrations.All.Select(static known => known.Version))} 'deploy "
                    + $"migrations list' shows all. "
                    + $"Run 'deploy migrations repair VERSION{parts.Key.Option}' with the binary that has the corrected script."
            );
        }

        var row =
            (await ReadableHistory.OfAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false)).FirstOrDefault(
                applied => MigrationVersion.Compare(applied.Version, wanted) == 0
            )
            ?? throw Refused(
                $"Migration {definition.Title} is not applied in '{parts.Environment.Name}', so that its files count as they are. There "
                    + $"is nothing to repair."
            );
        if (row.IsClass || definition.Up is null)
            throw Refused(
                $"Migration {row.Title} is a class, whose way back is this binary's. Correct the class, build it again and run 'deploy "
                    + $"resume'."
            );
        if (definition.Checksum != row.Checksum)
        {
            throw DeploymentException.Refused(
                Codes.MigrationChanged,
                $"Migration {definition.Title} itself was changed after it was applied in '{parts.Environment.Name}'. Put "
                    + $"'{definition.Up.File}' back as it was; only its way back can be repaired."
            );
        }

        var down =
            definition.Down
            ?? throw Refused(
                $"Migration {definition.Title} has no way back with a statement in this binary. Write "
                    + $"'{Path.ChangeExtension(definition.Up.File, ".down.sql")}', and build it again if scripts are embedded."
            );
        var faults = MigrationSet.CheckWayBack(definition, down);
        return faults.Count == 0 ? (row, down) : throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    private static string ChecksumOf(DeploymentParts parts, string script) => ScriptChecksum.Of(parts.Database!.Dialect, script);

    private static DeploymentResult Done(DeploymentParts parts, AppliedMigration row, MigrationScript down, string how) =>
        new()
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = parts.Environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.MigrationNotRepaired,
                    $"The way back of migration {row.Title} {how} taken into the history from '{down.File}'.",
                    MessageSeverity.Information
                )
                {
                    File = down.File,
                    Excerpt = LineDifference.Render(row.DownSql ?? "", down.Text),
                },
            ],
        };

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.MigrationNotRepaired, text);
}
