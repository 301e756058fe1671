using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Hosting;

/// <summary>Removes backups that nothing needs, on purpose.</summary>
internal sealed class BackupPruning(
    DeploymentPartsFactory factory,
    DeploymentEnvironment environment,
    PruneBackupsRequest request,
    string? name,
    string? tenant = null
)
{
    private readonly List<DeploymentMessage> _messages = [];
    private DatabaseKey _key = DatabaseKey.Only;

    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Keep, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(request.KeepFor ?? TimeSpan.Zero, TimeSpan.Zero, nameof(request));
        var parts = await factory.Create(null).OneAsync(name, tenant, cancellationToken).ConfigureAwait(false);
        var backups = parts.Backups ?? throw DeploymentDatabase.NoDatabase();
        _key = parts.Key;
        var seen = await LookAsync(
                parts,
                backups,
                await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false),
                isFinal: request.DryRun,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (seen.IsEmpty || request.DryRun)
            return Result(seen.IsEmpty ? DeploymentOutcome.NothingToDo : DeploymentOutcome.Succeeded, seen.All);

        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request, own);
        await using var session = await launcher.LockAsync("backup prune", cancellationToken).ConfigureAwait(false);
        // Another process may have been at work until the lock was free.
        var found = await LookAsync(parts, backups, session.Ledger, isFinal: true, cancellationToken).ConfigureAwait(false);
        if (found.IsEmpty)
            return Result(DeploymentOutcome.NothingToDo, found.All);

        cancellationToken.ThrowIfCancellationRequested();
        await RecordAsync(parts, session, found, launcher.By).ConfigureAwait(false);
        return Remove(backups, found);
    }

    /// <param name="parts">The environment's parts.</param>
    /// <param name="backups">Its backups.</param>
    /// <param name="ledger">What its journal says.</param>
    /// <param name="isFinal">Whether it has to be known what is needed; else only whether the rules let anything go at all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task<Finding> LookAsync(
        DeploymentParts parts,
        BackupStore backups,
        EnvironmentLedger ledger,
        bool isFinal,
        CancellationToken cancellationToken
    )
    {
        if (ledger.OpenRun is { } open)
        {
            throw DeploymentException.Refused(
                Codes.RunUnfinished,
                $"Run {open.Id} in '{environment.Name}' is not finished, and its way back may need any backup. Nothing was removed. "
                    + $"{RunWays.Of(open)}."
            );
        }

        backups.Folder.Check();
        _messages.Clear();
        var (listed, faults) = backups.ListReadable();
        _messages.AddRange(faults.Select(static fault => fault with { Severity = MessageSeverity.Warning }));
        var linked = listed.Where(BackupFolder.IsLinked).ToList();
        _messages.AddRange(
            linked.Select(static backup => new DeploymentMessage(
                Codes.BackupNotPruned,
                $"Backup '{backup.Name}' is a link, or its description is: neither that nor what it leads to was touched, and it counts "
                    + $"as none of those that are kept. Put the files themselves there, or move the link out of the folder.",
                MessageSeverity.Warning
            ))
        );
        List<BackupInfo> own = [.. listed.Except(linked)];
        var leftOvers = backups.Folder.LeftOvers();
        var retention = new BackupRetention(own, request.Keep, request.KeepFor, factory.Time.GetUtcNow());
        if (isFinal && retention.LetsAnyGo)
        {
            // What a rollback needs is told by the database's own history: another database's would tell that nothing is.
            if (
                await KnownDatabase
                    .FindAsync(parts.Database!, ledger, environment.Name, isReplaced: false, parts.Migrations, cancellationToken)
                    .ConfigureAwait(false) is
                { } foreign
            )
                throw new DeploymentException(DeploymentOutcome.Refused, [foreign]);

            var targets = new RollbackTargets(
                parts.Migrations,
                await ReadableHistory.OfAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false),
                await ReadableHistory.RepeatablesOfAsync(parts.Database, cancellationToken).ConfigureAwait(false),
                ledger
            );
            await retention
                .FindNeedsAsync(
                    ledger.RestoredBackup(parts.Key),
                    targets.ByBackup().Select(target => new NeededSchema(target.Evidence.Release, target.Evidence.SchemaOf(parts.Key))),
                    backup => CanBeReadAsync(backups, backup, cancellationToken)
                )
                .ConfigureAwait(false);
        }

        return new Finding(own, retention.Decide(), leftOvers);
    }

    private static async Task<bool> CanBeReadAsync(BackupStore backups, BackupInfo backup, CancellationToken cancellationToken)
    {
        try
        {
            await backups.EnsureReadableAsync(backup, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DeploymentException)
        {
            return false;
        }
    }

    // Said before it is done: run again after a crash in between, what is still there is said and removed again.
    private async Task RecordAsync(DeploymentParts parts, JournalSession session, Finding found, string by)
    {
        if (!found.Decisions.Any(static decision => decision.IsRemoved))
            return;

        await session
            .AppendAsync(
                null,
                JournalKinds.BackupsPruned,
                new BackupsPruned(
                    [.. found.Removed.Select(static backup => new PrunedBackup(backup.Name, backup.Sha256))],
                    request.Keep,
                    by,
                    request.KeepFor?.TotalSeconds
                )
                {
                    Database = parts.Key.Recorded,
                },
                JournalJson.Default.BackupsPruned
            )
            .ConfigureAwait(false);
        Boundary.Reached("prune: recorded");
    }

    private DeploymentResult Remove(BackupStore backups, Finding found)
    {
        var removed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var backup in found.Removed)
            Try(backup.File, () => backups.Folder.Remove(backup));
        foreach (var file in found.LeftOvers)
            Try(file.FullName, file.Delete);

        List<BackupDecision> all =
        [
            .. found.All.Select(decision =>
                !decision.IsRemoved || removed.Contains(decision.File)
                    ? decision
                    : decision with
                    {
                        IsRemoved = false,
                        Reason = "it could not be removed",
                    }
            ),
        ];
        return Result(
            _messages.Exists(static message => message.Severity == MessageSeverity.Error)
                ? DeploymentOutcome.NeedsAttention
                : DeploymentOutcome.Succeeded,
            all
        );

        void Try(string file, Action remove)
        {
            try
            {
                remove();
                removed.Add(file);
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                _messages.Add(
                    new DeploymentMessage(
                        Codes.BackupNotPruned,
                        $"'{file}' could not be removed: {Sentence.Of(e)} Of the others, those shown as removed are gone. Close what "
                            + $"has it open, or mend the folder's permissions, and run 'deploy backup prune{_key.Option} --environment "
                            + $"{environment.Name}' again."
                    )
                );
            }
        }
    }

    private DeploymentResult Result(DeploymentOutcome outcome, IReadOnlyList<BackupDecision> decisions) =>
        new()
        {
            Outcome = outcome,
            Environment = environment.Name,
            Messages = [.. _messages],
            Backups = [.. decisions.Select(decision => decision with { Database = _key.Tenants ?? _key.Recorded, Tenant = _key.Tenant })],
        };

    private sealed record Finding(
        IReadOnlyList<BackupInfo> Backups,
        IReadOnlyList<BackupDecision> Decisions,
        IReadOnlyList<FileInfo> LeftOvers
    )
    {
        internal IEnumerable<BackupInfo> Removed => Backups.Where((_, index) => Decisions[index].IsRemoved);

        internal bool IsEmpty => LeftOvers.Count == 0 && !Decisions.Any(static decision => decision.IsRemoved);

        // Made at once: of a file that is gone there is no length.
        internal IReadOnlyList<BackupDecision> All { get; } =
        [
            .. Decisions,
            .. LeftOvers.Select(static file => new BackupDecision
            {
                Name = file.Name,
                File = file.FullName,
                Size = file.Length,
                IsRemoved = true,
                Reason = "a command that was killed left it more than a day ago",
            }),
        ];
    }
}
