using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Hosting;

/// <summary>Compares a journal with everything outside of it that remembers something of it, and says what that was.</summary>
internal sealed class JournalVerification(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    private readonly List<string> _agreeing = [];
    private readonly List<DeploymentMessage> _faults = [];
    private readonly List<DeploymentMessage> _silent = [];
    private readonly List<JournalHead> _missed = [];
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private readonly JournalStore _store = factory.StoreOf(environment);
    private long _highestFence;

    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        var content = await CompareAsync(cancellationToken).ConfigureAwait(false);
        if (content.Fault is { } fault && fault.Code != Codes.JournalCutOff)
            return new DeploymentResult
            {
                Outcome = DeploymentOutcome.Refused,
                Environment = environment.Name,
                Messages = [fault],
            };

        var agreeing = _agreeing.Count == 0 ? "" : $" What agrees with it as it is: {string.Join("; ", _agreeing)}.";
        if (JournalHead.Fault(_store, content, _missed, agreeing) is { } cutOff)
            _faults.Insert(0, cutOff);
        if (_faults.Count > 0)
            return new DeploymentResult
            {
                Outcome = DeploymentOutcome.Refused,
                Environment = environment.Name,
                Messages = _faults,
            };

        var torn =
            content.TornBytes == 0 ? "" : $" An append of {content.TornBytes} bytes was never finished; the next command cuts it off.";
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.JournalChainBroken,
                    $"The journal of '{environment.Name}' is whole: {content.Count} records, each with the hash of the one "
                        + $"before.{torn}{content.Trust.Describe()}{Outside(content)}",
                    content.Trust.IsComplete && _agreeing.Count > 0 ? MessageSeverity.Information : MessageSeverity.Warning
                ),
                .. _silent,
            ],
        };
    }

    /// <summary>What somebody who goes on with the journal as it is goes on without.</summary>
    internal async Task<JournalRenewal> RenewalAsync(string reason, CancellationToken cancellationToken)
    {
        await CompareAsync(cancellationToken).ConfigureAwait(false);
        return new JournalRenewal(
            reason,
            [.. _missed.Select(static head => head.Hash).Union(_lost, StringComparer.Ordinal)],
            _highestFence
        );
    }

    // What is kept elsewhere is read first: a run that goes on meanwhile takes the journal further, and nothing that was kept is ahead of
    // it.
    private async Task<JournalContent> CompareAsync(CancellationToken cancellationToken)
    {
        var heads = await FromPromotionsAsync(cancellationToken).ConfigureAwait(false);
        var histories = await AskDatabasesAsync(cancellationToken).ConfigureAwait(false);
        foreach (var anchor in factory.Model.Anchors)
        {
            if (await AskAsync(anchor, cancellationToken).ConfigureAwait(false) is { } head)
                heads.Add(head);
        }

        var content = await JournalReader.ReadAsync(_store, cancellationToken).ConfigureAwait(false);
        // Records that are missing are told from what stands elsewhere too; anything else makes all comparisons moot.
        if (content.Fault is { } fault && fault.Code != Codes.JournalCutOff)
            return content;

        if (SummaryCheck.Find(_store, content) is { } wrong)
            return content with { Fault = wrong };

        var ledger = EnvironmentLedger.From(content);
        _missed.AddRange(content.LostHeads);
        foreach (var head in heads)
            Compare(content, ledger, head, $"{head.Place} ({Format(head.Count)})");
        foreach (var (key, rows) in histories.Where(static history => history.Rows.Count > 0))
            Compare(content, ledger, key, rows);
        return content;
    }

    private void Compare(JournalContent content, EnvironmentLedger ledger, JournalHead head, string agreeing)
    {
        // What is in an archive is compared by whoever has that.
        if (ledger.GivenUp.Contains(head.Hash) || head.Count < content.Base?.State.Records)
            return;

        if (head.IsIn(content))
            _agreeing.Add(agreeing);
        else
            _missed.Add(head);
    }

    /// <summary>
    /// The history in the database names the journal, the run and the lock's number of every migration, and how far the journal was then.
    /// </summary>
    private void Compare(JournalContent content, EnvironmentLedger ledger, DatabaseKey key, IReadOnlyList<MigratedUnder> rows)
    {
        _highestFence = rows.Where(row => ledger.JournalId is null || row.Journal == ledger.JournalId)
            .Select(static row => row.Fence)
            .Append(_highestFence)
            .Max();
        if (ledger.JournalId is { } id && rows.FirstOrDefault(row => row.Journal != id) is { } foreign)
        {
            _faults.Add(
                new DeploymentMessage(
                    Codes.DatabaseForeign,
                    $"Journal '{_store.Title}' is not the one that the database was migrated under: this one is "
                        + $"{JournalHead.Short(id)}, and {rows.Count(row => row.Journal != id)} of {rows.Count} migrations were applied "
                        + $"under "
                        + $"{JournalHead.Short(foreign.Journal)}. It was replaced, or the database is another environment's. "
                        + $"{_store.PutBack} or correct the connection string; or, when this journal is to go on with "
                        + $"that "
                        + $"database, run 'deploy migrations take-over{key.Option} --environment {environment.Name} --reason \"why\"'."
                )
                {
                    File = _store.File,
                }
            );
            return;
        }

        var kept = rows.Where(static row => row.Records is not null)
            .Select(row => new JournalHead(
                row.Journal,
                row.Records!.Value,
                row.Hash!,
                key.IsOnly ? "the database's history" : $"the history of database '{key.Name}'"
            ))
            .DistinctBy(static head => head.Hash)
            .OrderByDescending(static head => head.Count)
            .ToList();
        var missed = kept.Where(head => !head.IsIn(content) && !ledger.GivenUp.Contains(head.Hash)).ToList();
        var runs = rows.Where(row =>
                ((ledger.KnowsRunsOfDatabase && ledger.Find(row.Run) is null) || row.Fence > ledger.Fence)
                && !ledger.GivenUp.Contains(row.Run)
                // Of one in an archive the row still tells how far later runs had come.
                && (content.Base is not { } before || row.Fence > before.State.Fence)
            )
            .Select(static row => row.Run)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        // The furthest says it all; whoever goes on without it goes on without the others too.
        _lost.UnionWith(runs.Concat(missed.Select(static head => head.Hash)));
        if (missed.Count > 0)
        {
            _missed.Add(missed[0]);
        }
        else if (runs.Count > 0)
        {
            _faults.Add(
                new DeploymentMessage(
                    Codes.JournalCutOff,
                    $"Journal '{_store.Title}' has {content.Count} records and lacks runs that migrated the database: "
                        + $"{string.Join(", ", runs)}. It was cut off, emptied or replaced. {_store.PutBack}."
                )
                {
                    File = _store.File,
                }
            );
        }
        else if (kept.Find(head => head.IsIn(content)) is { } last)
        {
            _agreeing.Add($"{last.Place} ({Format(last.Count)}, {rows.Count} migrations)");
        }
        else if (kept.Count == 0 && rows.Any(row => ledger.Find(row.Run) is not null))
        {
            _agreeing.Add(
                $"{(key.IsOnly ? "the database's history" : $"the history of database '{key.Name}'")} ({rows.Count} migrations; how many records there were was not kept yet)"
            );
        }
    }

    private string Outside(JournalContent content)
    {
        var head = content.Head is { } kept ? $"{kept.Place} ({Format(kept.Count)})" : null;
        var key = content.Trust.Key is null ? null : "the key's file";
        var beside = string.Join(" and ", new[] { head, key }.OfType<string>());
        return _agreeing.Count == 0
            ? " No anchor outside its folder knows it, so that records cut off at its end would be missed "
                + (beside.Length == 0 ? "by nothing." : $"only by {beside}, which whoever cuts them may change too.")
            : $" It agrees with what is kept outside of its folder: {string.Join("; ", _agreeing)}"
                + (beside.Length == 0 ? ". " : $"; and in it, with {beside}. ")
                + (
                    key is null
                        ? "Nothing vouches for what was written after the last of these."
                        : "What was written after the last of these is vouched for by the key alone."
                );
    }

    private static string Format(long records) => records == 1 ? "1 record" : $"{records} records";

    /// <summary>What environments that took releases from here recorded of this journal; of each the last.</summary>
    private async Task<List<JournalHead>> FromPromotionsAsync(CancellationToken cancellationToken)
    {
        var heads = new List<JournalHead>();
        foreach (
            var next in factory.Model.Environments.All.Where(next =>
                string.Equals(next.PromotedFrom, environment.Name, StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            var content = await JournalReader.ReadAsync(factory.StoreOf(next), cancellationToken).ConfigureAwait(false);
            if (content.Fault is { } fault)
            {
                _silent.Add(fault with { Severity = MessageSeverity.Warning });
                continue;
            }

            var source = (content.Base?.Standing ?? [])
                .Concat(content.Records)
                .Where(static record => record.Kind == JournalKinds.RunPlanned && record.Data.TryGetProperty("source", out _))
                .Select(static record => RunLog.Read(record, RecordData.RunPlanned).Source)
                .LastOrDefault(source => source?.Environment == environment.Name);
            if (source is not null)
                heads.Add(new JournalHead(source.Journal, source.Records, source.Hash, $"the journal of '{next.Name}'"));
        }

        return heads;
    }

    private async Task<List<(DatabaseKey Key, IReadOnlyList<MigratedUnder> Rows)>> AskDatabasesAsync(CancellationToken cancellationToken)
    {
        var histories = new List<(DatabaseKey Key, IReadOnlyList<MigratedUnder> Rows)>();
        foreach (var database in environment == factory.Environment ? factory.Targets() : [])
            histories.Add((database.Key, await AskAsync(database, cancellationToken).ConfigureAwait(false)));
        return histories;
    }

    private async Task<IReadOnlyList<MigratedUnder>> AskAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            return await MigratedUnder.ReadAsync(database, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException or DeploymentException or ArgumentException)
        {
            _silent.Add(
                new DeploymentMessage(
                    Codes.DatabaseUnavailable,
                    factory.Redactor.Redact(
                        $"The database could not be asked what it knows of the journal of '{environment.Name}': {Sentence.Of(e)}"
                    ),
                    MessageSeverity.Warning
                )
            );
            return [];
        }
    }

    private async Task<JournalHead?> AskAsync(JournalAnchor anchor, CancellationToken cancellationToken)
    {
        try
        {
            return await anchor.ReadAsync(environment.Name, cancellationToken).ConfigureAwait(false) is { } head
                ? new JournalHead(head.Journal, head.Records, head.Hash ?? "", $"anchor '{anchor.Name}'")
                : null;
        }
#pragma warning disable CA1031 // An anchor is the app's own: whatever it throws, the others still answer.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _silent.Add(
                new DeploymentMessage(
                    Codes.JournalCutOff,
                    factory.Redactor.Redact(
                        $"Anchor '{anchor.Name}' could not be asked: {e.GetType().Name}: {Sentence.Of(e)} Mend it and run 'deploy "
                            + $"verify-journal' again."
                    ),
                    MessageSeverity.Warning
                )
            );
            return null;
        }
    }
}
