using Deployment.Toolkit.Databases.Sqlite;
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

    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        var path = factory.PathsOf(environment).Journal;
        var content = JournalReader.Read(path);
        if (content.Fault is { } fault) return new DeploymentResult(DeploymentOutcome.Refused, environment.Name, [fault]);

        Compare(path, content, FromPromotions());
        await AskDatabaseAsync(path, content, cancellationToken).ConfigureAwait(false);
        foreach (var anchor in factory.Model.Anchors) await AskAsync(anchor, path, content, cancellationToken).ConfigureAwait(false);
        if (_faults.Count > 0) return new DeploymentResult(DeploymentOutcome.Refused, environment.Name, _faults);

        var torn = content.TornBytes == 0 ? "" : $" An append of {content.TornBytes} bytes was never finished; the next command cuts it off.";
        return new DeploymentResult(DeploymentOutcome.Succeeded, environment.Name, [
            new DeploymentMessage(
                Codes.JournalChainBroken,
                $"The journal of '{environment.Name}' is whole: {content.Records.Count} records, each with the hash of the one before.{torn}{content.Trust.Describe()}{Outside(content)}",
                content.Trust.IsComplete && _agreeing.Count > 0 ? MessageSeverity.Information : MessageSeverity.Warning),
            .. _silent]);
    }

    private string Outside(JournalContent content)
    {
        var beside = content.Head is { } head ? $"{head.Place} ({head.Count} records) and the key's file" : "nothing but the key's file";
        return _agreeing.Count == 0
            ? $" No anchor outside its folder knows it, so that records cut off at its end would be missed only by {beside}, which whoever cuts them may change too."
            : $" It agrees with what is kept outside of its folder: {string.Join("; ", _agreeing)}; and in it, with {beside}.";
    }

    private void Compare(string path, JournalContent content, IEnumerable<JournalHead> heads)
    {
        foreach (var head in heads)
        {
            if (JournalHead.Fault(path, content.Records, [head]) is { } fault) _faults.Add(fault);
            else _agreeing.Add($"{head.Place} ({head.Count} records)");
        }
    }

    /// <summary>What environments that took releases from here recorded of this journal; of each the last.</summary>
    private IEnumerable<JournalHead> FromPromotions()
    {
        foreach (var next in factory.Model.Environments.All.Where(next => string.Equals(next.PromotedFrom, environment.Name, StringComparison.OrdinalIgnoreCase)))
        {
            var content = JournalReader.Read(factory.PathsOf(next).Journal);
            if (content.Fault is { } fault)
            {
                _silent.Add(fault with { Severity = MessageSeverity.Warning });
                continue;
            }

            var source = content.Records.Where(static record => record.Kind == JournalKinds.RunPlanned && record.Data.TryGetProperty("source", out _))
                .Select(static record => RunLog.Read(record, JournalJson.Default.RunPlanned).Source).LastOrDefault(source => source?.Environment == environment.Name);
            if (source is not null) yield return new JournalHead(source.Journal, source.Records, source.Hash, $"the journal of '{next.Name}'");
        }
    }

    /// <summary>The history in the database names the journal, the run and the lock's number of every migration.</summary>
    private async Task AskDatabaseAsync(string path, JournalContent content, CancellationToken cancellationToken)
    {
        if (environment != factory.Environment || factory.Model.Database is not { } create) return;

        IReadOnlyList<MigratedUnder> rows;
        try
        {
            rows = await MigratedUnder.ReadAsync(new SqliteDatabase(() => create(factory.Services), factory.ContentRoot), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException or DeploymentException or ArgumentException)
        {
            _silent.Add(new DeploymentMessage(Codes.DatabaseUnavailable, factory.Redactor.Redact($"The database could not be asked what it knows of the journal of '{environment.Name}': {Sentence.Of(e)}"), MessageSeverity.Warning));
            return;
        }

        var ledger = EnvironmentLedger.From(content);
        var own = rows.Where(row => row.Journal == ledger.JournalId).ToList();
        var missed = own.Where(row => ledger.Find(row.Run) is null || row.Fence > ledger.Fence).Select(static row => row.Run).Distinct(StringComparer.Ordinal).ToList();
        if (ledger.Count == 0) missed = [.. rows.Select(static row => row.Run).Distinct(StringComparer.Ordinal)];
        if (missed.Count > 0)
        {
            _faults.Add(new DeploymentMessage(
                Codes.JournalCutOff,
                $"Journal '{path}' has {content.Records.Count} records and lacks runs that migrated the database: {string.Join(", ", missed)}. It was cut off, emptied or replaced. Put back a copy of the file from before.")
            { File = path });
        }
        else if (own.Count > 0)
        {
            _agreeing.Add($"the database's history ({own.Count} migrations)");
        }
    }

    private async Task AskAsync(JournalAnchor anchor, string path, JournalContent content, CancellationToken cancellationToken)
    {
        try
        {
            if (await anchor.ReadAsync(environment.Name, cancellationToken).ConfigureAwait(false) is { } head)
                Compare(path, content, [new JournalHead(head.Journal, head.Records, head.Hash, $"anchor '{anchor.Name}'")]);
        }
#pragma warning disable CA1031 // An anchor is the app's own: whatever it throws, the others still answer.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            _silent.Add(new DeploymentMessage(Codes.JournalCutOff, factory.Redactor.Redact($"Anchor '{anchor.Name}' could not be asked: {e.GetType().Name}: {Sentence.Of(e)} Mend it and run 'deploy verify-journal' again."), MessageSeverity.Warning));
        }
    }
}
