using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Hosting;

/// <summary>Carries a journal's lines, byte for byte, into a file and from there to where another store keeps them.</summary>
internal sealed class JournalTransfer(DeploymentPartsFactory factory, DeploymentEnvironment environment)
{
    private readonly JournalStore _store = factory.StoreOf(environment);

    internal async Task<DeploymentResult> ExportAsync(string file, string? keyFile, CancellationToken cancellationToken)
    {
        var content = (await JournalReader.ReadAsync(_store, cancellationToken).ConfigureAwait(false)).EnsureIntact();
        if (content.Records.Count == 0)
            return Told(DeploymentOutcome.NothingToDo, $"The journal of '{environment.Name}' holds no record.");

        var lines = await _store.ReadAsync(0, cancellationToken).ConfigureAwait(false);
        if (keyFile is not null && content.Trust.Key is null)
            throw Refused($"The key of the journal of '{environment.Name}' is not here: {_store.KeyTitle}. Leave --key out.");

        await MakeAsync(file, lines.AsMemory(0, content.BytesHere), cancellationToken).ConfigureAwait(false);
        if (keyFile is not null)
            await MakeAsync(keyFile, content.Trust.Key!.Content, cancellationToken).ConfigureAwait(false);
        return Told(
            DeploymentOutcome.Succeeded,
            $"The {Count(content.Records.Count)} of '{environment.Name}' are in '{file}'"
                + $"{(keyFile is null ? "; the journal's key is not, and whoever writes on needs it" : $", and the journal's key is in '{keyFile}': keep that to whoever may deploy")}."
        );
    }

    internal async Task<DeploymentResult> ImportAsync(string file, string? keyFile, CancellationToken cancellationToken)
    {
        var copy = new JournalCopy(file, keyFile);
        if (await copy.IsHeldAsync(cancellationToken).ConfigureAwait(false))
            throw Refused($"Somebody is writing journal '{file}'. Nothing was changed. Wait for that to end, then run the command again.");

        var content = (await JournalReader.ReadAsync(copy, cancellationToken).ConfigureAwait(false)).EnsureIntact();
        EnsureOwn(file, content);
        var lines = (await copy.ReadAsync(0, cancellationToken).ConfigureAwait(false)).AsMemory(0, content.BytesHere);

        await using var writer =
            await _store.TryOpenAsync(cancellationToken).ConfigureAwait(false)
            ?? throw DeploymentException.Refused(
                Codes.LockTimeout,
                $"Environment '{environment.Name}' is locked by another process. Nothing was changed. Wait for it to end, then run the "
                    + "command again."
            );
        try
        {
            return await ImportAsync(writer, file, content, lines, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalRightLostException e)
        {
            throw DeploymentException.NeedsAttention(
                Codes.FencedOut,
                $"Journal '{_store.Title}' was {e.Message} while '{file}' was brought in. Nothing of it is kept. Run the command again.",
                e
            );
        }
        catch (Exception e) when (writer.IsRefusal(e))
        {
            throw _store.NotWritable(e);
        }
    }

    private async Task<DeploymentResult> ImportAsync(
        JournalWriter writer,
        string file,
        JournalContent content,
        ReadOnlyMemory<byte> lines,
        CancellationToken cancellationToken
    )
    {
        var present = await JournalReader.ReadAsync(_store, cancellationToken).ConfigureAwait(false);
        // What is missing may be what the file brings.
        if (present.Fault?.Code != Codes.JournalCutOff)
            present.EnsureIntact();
        var there = (await _store.ReadAsync(0, cancellationToken).ConfigureAwait(false)).AsMemory(0, present.BytesHere);
        var both = Math.Min(there.Length, lines.Length);
        if (!there.Span[..both].SequenceEqual(lines.Span[..both]))
            throw Other(file, content, present);

        var key = KeyOf(content, present);
        // An older copy brings nothing, and its key must not take the place of the one under which the journal has gone on.
        if (there.Length >= lines.Length && (key is null || key.Id == present.Trust.Key?.Id || key.Id != present.Trust.LastKey))
            return Told(DeploymentOutcome.NothingToDo, $"The journal of '{environment.Name}' has what is in '{file}'.");

        if (present.Head is { } known && JournalHead.Fault(new JournalCopy(file, null), content, [known]) is { } older)
            throw new DeploymentException(DeploymentOutcome.Refused, [older]);

        await writer.BeginAsync(present.ValidLength, cancellationToken).ConfigureAwait(false);
        if (key is not null)
            await writer.KeepKeyAsync(key).ConfigureAwait(false);
        if (lines.Length > there.Length)
        {
            // Whoever finds half of it misses the rest.
            KeepHead(content);
            Boundary.Reached("import: head kept");
            await writer.AppendManyAsync(LinesOf(lines[there.Length..])).ConfigureAwait(false);
        }

        Boundary.Reached("import: done");
        return Told(
            DeploymentOutcome.Succeeded,
            $"{Count(content.Records.Count - present.Records.Count)} of '{environment.Name}' were brought in from '{file}', which goes on "
                + $"in {_store.Title}. Move the file away, so that nobody goes on with it.",
            content.Trust.LastKey is { } missing && key is null && present.Trust.Key?.Id != missing ? [Lacking(missing, file)] : []
        );
    }

    /// <summary>The key to keep; <see langword="null"/> when the one that is there stays, or none is to be had.</summary>
    private JournalKey? KeyOf(JournalContent content, JournalContent present)
    {
        var brought = content.Trust.Key;
        if (brought is not null && !content.Trust.MayContinue(content.Records.Count))
            throw Refused(
                $"The key that belongs to the file is {content.Trust.LastKey ?? "none"}, and the one beside it is {brought.Id}. Nothing was "
                    + "changed. Name the file of the journal's own key with --key."
            );
        if (_store.GivenKey is not { } given)
            return brought;

        var own = JournalKey.Make(given, brought?.After ?? content.Records.Count, brought?.AfterHash ?? content.LastHash);
        if (content.Trust.LastKey is { } last && own.Id != last)
            throw Refused(
                $"The last records of the file stand under key {last}, and {_store.KeyTitle} holds key {own.Id}. Nothing was changed. Put "
                    + "the journal's own key into the setting: it is the second word of 'journal.key'."
            );
        return present.Trust.Key?.Id == own.Id ? null : own;
    }

    private void EnsureOwn(string file, JournalContent content)
    {
        if (content.Records.Count == 0)
            throw Refused(
                $"File '{file}' holds no record of a journal. Nothing was changed. Name a file that 'deploy journal export FILE' wrote."
            );

        if (content.Base is not null)
            throw Refused(
                $"Of the journal in file '{file}' a part went to an archive, and what stayed cannot be brought in without it. Nothing was "
                    + "changed. Bring in a copy from before its old part was archived."
            );

        foreach (var record in content.Records.Where(static record => record.Kind == JournalKinds.RunPlanned))
        {
            var other = RunLog.Read(record, RecordData.RunPlanned).Plan.Environment;
            if (!other.Equals(environment.Name, StringComparison.OrdinalIgnoreCase))
                throw Refused(
                    $"File '{file}' holds the journal of '{other}', not of '{environment.Name}'. Nothing was changed. Name the other "
                        + $"file, or say --environment {other}."
                );
        }
    }

    private DeploymentException Other(string file, JournalContent content, JournalContent present)
    {
        var same = 0;
        while (same < content.Records.Count && same < present.Records.Count && content.Records[same].Hash == present.Records[same].Hash)
            same++;
        return Refused(
            $"File '{file}' does not go on with the journal of '{environment.Name}' that is in {_store.Title}: "
                + $"{(same == 0 ? "the first records differ already" : $"after record {same} they differ")}. Nothing was changed: records "
                + "are never overwritten. Keep the journal that is there; or look through both with 'deploy history' before you move "
                + "that one away."
        );
    }

    private void KeepHead(JournalContent content)
    {
        try
        {
            new JournalHead(content.Records[0].Hash, content.Records.Count, content.LastHash, "").Write(_store.Local.Head);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // A witness less.
        }
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
            throw Refused($"File '{file}' cannot be written: {Sentence.Of(e)} Name a file in a folder that is there and can be written.");
        }

        throw Refused($"File '{file}' is there already and is not overwritten. Name another one, or move it away.");
    }

    private static List<ReadOnlyMemory<byte>> LinesOf(ReadOnlyMemory<byte> bytes)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (int start = 0, length; start < bytes.Length; start += length)
        {
            length = bytes.Span[start..].IndexOf((byte)'\n') + 1;
            lines.Add(bytes.Slice(start, length));
        }

        return lines;
    }

    private static DeploymentMessage Lacking(string key, string file) =>
        new(
            Codes.JournalKeyMissing,
            $"Its records stand under key {key}, which is not beside '{file}': nothing is written until it is here. Run 'deploy journal "
                + "import FILE --key FILE' with both; if the key is lost, run 'deploy verify-journal --new-key --reason \"…\"'.",
            MessageSeverity.Warning
        );

    private DeploymentResult Told(DeploymentOutcome outcome, string text, IReadOnlyList<DeploymentMessage>? more = null) =>
        new()
        {
            Outcome = outcome,
            Environment = environment.Name,
            Messages = [new DeploymentMessage(Codes.JournalNotImported, text, MessageSeverity.Information), .. more ?? []],
        };

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.JournalNotImported, text);

    private static string Count(int records) => records == 1 ? "1 record" : $"{records} records";
}
