using System.Security.Cryptography;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Brings the old part of a journal into a file. What still tells something stays in the journal; in the part's place stands a record that
/// names the file, its hash and what stayed.
/// </summary>
internal sealed class JournalArchiving(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    private readonly JournalStore _store = factory.StoreOf(environment);

    internal async Task<DeploymentResult> RunAsync(ArchiveJournalRequest request, CancellationToken cancellationToken)
    {
        var file = Path.GetFullPath(request.File);
        await using var session = await LockWait
            .TakeAsync(
                _store,
                environment.Name,
                "journal archive",
                factory.Operator with
                {
                    Claimed = request.ClaimedOperator ?? factory.ClaimedOperator,
                },
                request.LockTimeout ?? factory.LockTimeout,
                factory.Time,
                request.Progress ?? new Progress<DeploymentProgress>(),
                JournalKey.Throwaway,
                cancellationToken
            )
            .ConfigureAwait(false);
        await FinishAsync(session, cancellationToken).ConfigureAwait(false);

        var content = (await JournalReader.ReadAsync(_store, cancellationToken).ConfigureAwait(false)).EnsureIntact();
        var before = content.Base?.State.Records ?? 0;
        var to = _store.CutAt(content, Wanted(EnvironmentLedger.From(content), request));
        if (to <= before)
            return Told(
                DeploymentOutcome.NothingToDo,
                $"The journal of '{environment.Name}' has no part that is old enough and whole"
                    + (_store is JournalFile ? ": its files go to an archive one by one, each when all its runs are old enough." : ".")
            );

        var record = await WriteAsync(content, before, to, file, cancellationToken).ConfigureAwait(false);
        Boundary.Reached("archive: file written");
        await session.AppendAsync(null, JournalKinds.JournalArchived, record, JournalJson.Default.JournalArchived).ConfigureAwait(false);
        await FinishAsync(session, cancellationToken).ConfigureAwait(false);
        return Told(
            DeploymentOutcome.Succeeded,
            $"Records {record.From} to {record.To} of the journal of '{environment.Name}' are in '{file}', whose SHA-256 is "
                + $"{record.Sha256}; {record.State.Standing.Count} of them stayed, which status, rollbacks and backups still rest on. Keep the "
                + $"file: 'deploy verify-journal --archive {file}' tells whether it is what was written."
        );
    }

    // Also what an earlier one was stopped at: its record stands, and lines that it names are still here.
    private async Task FinishAsync(JournalSession session, CancellationToken cancellationToken)
    {
        if (session.Ledger.Archives is not [.., var last])
            return;

        var state = last.Part.State;
        var lines = await _store.ReadLinesAsync(state.Places, cancellationToken).ConfigureAwait(false);
        List<ReadOnlyMemory<byte>> staying = [.. lines.Select(static line => (ReadOnlyMemory<byte>)line)];
        if (lines.Count != state.Standing.Count || JournalTail.Take(state, staying, null) is null)
            throw DeploymentException.Refused(
                Codes.JournalChainBroken,
                $"Journal '{_store.Title}' lacks records that stay in it. Nothing was removed. Run 'deploy verify-journal --environment "
                    + $"{environment.Name}'."
            );

        await session.DropAsync(state, staying).ConfigureAwait(false);
    }

    // The last record that no run needs which is to be kept.
    private static long Wanted(EnvironmentLedger ledger, ArchiveJournalRequest request)
    {
        var runs = ledger.Runs;
        var first = runs.Count - (request.Keep ?? 0);
        if (request.Before is { } before)
            first = Math.Min(
                request.Keep is null ? runs.Count : first,
                runs.TakeWhile(run => run.LastRecordAt < before && !run.IsOpen).Count()
            );
        return first <= 0 || first >= runs.Count ? 0 : ledger.RecordsOf([runs[first].Id]).First().Sequence - 1;
    }

    private async Task<JournalArchived> WriteAsync(
        JournalContent content,
        long before,
        long to,
        string file,
        CancellationToken cancellationToken
    )
    {
        var part = content with { Records = [.. content.Records.Take((int)(to - before))] };
        var then = EnvironmentLedger.From(part);
        var wayBack = then.WayBack;
        var below = wayBack.Select(static verified => verified.Record).ToList();
        // What comes back owes what it skipped.
        var hotfixes = wayBack
            .TakeLast(VerifiedReleases.Kept)
            .Select(verified => then.EntryOf(verified.Evidence.Release))
            .OfType<RunLog>()
            .Where(static run => run.Plan.Bypass is not null)
            .Select(static run => run.Id);
        IReadOnlyList<JournalRecord> staying =
        [
            .. then.Standing()
                .Concat(below.TakeLast(VerifiedReleases.Kept))
                .Concat(then.RecordsOf(Needed().Concat(hotfixes)))
                .DistinctBy(static record => record.Sequence)
                .OrderBy(static record => record.Sequence),
        ];

        var all = await _store.ReadAsync(0, cancellationToken).ConfigureAwait(false);
        var lines = new MemoryStream();
        for (int start = 0, length; (length = all.AsSpan(start).IndexOf((byte)'\n') + 1) > 0; start += length)
        {
            // A line that stayed when others went is in the archive that they went to.
            if (JournalLine.SequenceOf(all.AsSpan(start, length)) is var sequence && sequence > before && sequence <= to)
                lines.Write(all.AsSpan(start, length));
        }

        var bytes = lines.ToArray();
        await MakeAsync(file, bytes, cancellationToken).ConfigureAwait(false);
        var stack = below.Select(static record => record.Sequence).ToHashSet();
        return new JournalArchived(
            Path.GetFileName(file),
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            before + 1,
            to,
            factory.Operator.Operator,
            PresentState.Of(then, staying),
            [
                .. staying
                    .Where(record => record.Kind == JournalKinds.ReleaseVerified && !stack.Contains(record.Sequence))
                    .Select(static record => record.Sequence),
            ]
        );
    }

    /// <summary>Runs that backups are named by, and the one that the pinned configuration is of.</summary>
    private IEnumerable<string> Needed()
    {
        var backups = factory.PathsOf(environment).Backups;
        var named = Directory.Exists(backups) ? Directory.EnumerateFiles(backups, "*.json").Select(Path.GetFileName) : [];
        return named
            .OfType<string>()
            .Select(static name => name.Split('.')[0])
            .Concat(factory.PinOf(environment).Run is { } pinned ? [pinned] : [])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
    }

    private static async Task MakeAsync(string file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            if (await DurableFile.TryCreateAsync(file, content, cancellationToken, PrivateFile.Mode).ConfigureAwait(false))
                return;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Refused(
                $"File '{file}' cannot be written: {Sentence.Of(e)} Nothing was archived. Name a file in a folder that is there and can be "
                    + "written."
            );
        }

        throw Refused($"File '{file}' is there already and is not overwritten. Nothing was archived. Name another one, or move it away.");
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.JournalNotArchived, text);

    private DeploymentResult Told(DeploymentOutcome outcome, string text) =>
        new()
        {
            Outcome = outcome,
            Environment = environment.Name,
            Messages = [new DeploymentMessage(Codes.JournalNotArchived, text, MessageSeverity.Information)],
        };
}
