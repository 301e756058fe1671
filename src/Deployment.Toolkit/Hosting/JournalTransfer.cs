using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Hosting;

/// <summary>Carries a journal's lines, byte for byte, into a file and from there to where another store keeps them.</summary>
internal sealed class JournalTransfer(JournalStore store, string environment)
{
    internal async Task<DeploymentResult> ExportAsync(string file, string? keyFile, CancellationToken cancellationToken)
    {
        var lines = await JournalReader.ReadLinesAsync(store, cancellationToken).ConfigureAwait(false);
        var content = lines.Content.EnsureIntact();
        if (content.Count == 0)
            return Told(DeploymentOutcome.NothingToDo, $"The journal of '{environment}' holds no record.");

        if (keyFile is not null && content.Trust.Key is null)
            throw Refused($"The key of the journal of '{environment}' is not here: {store.KeyTitle}. Leave --key out.");

        await MakeAsync(file, lines.Whole(), cancellationToken).ConfigureAwait(false);
        if (keyFile is not null)
            await MakeAsync(keyFile, content.Trust.Key!.Content, cancellationToken).ConfigureAwait(false);
        return Told(
            DeploymentOutcome.Succeeded,
            $"The {Count(Here(content))} of '{environment}' are in '{file}'{Without(content)}"
                + $"{(keyFile is null ? "; the journal's key is not, and whoever writes on needs it" : $", and the journal's key is in '{keyFile}': keep that to whoever may deploy")}."
        );
    }

    internal async Task<DeploymentResult> ImportAsync(string file, string? keyFile, CancellationToken cancellationToken)
    {
        var copy = new JournalCopy(file, keyFile);
        if (await copy.IsHeldAsync(cancellationToken).ConfigureAwait(false))
            throw Refused($"Somebody is writing journal '{file}'. Nothing was changed. Wait for that to end, then run the command again.");

        var lines = await JournalReader.ReadLinesAsync(copy, cancellationToken).ConfigureAwait(false);
        EnsureOwn(file, lines.Content.EnsureIntact());

        await using var writer =
            await store.TryOpenAsync(cancellationToken).ConfigureAwait(false)
            ?? throw DeploymentException.Refused(
                Codes.LockTimeout,
                $"Environment '{environment}' is locked by another process. Nothing was changed. Wait for it to end, then run the "
                    + "command again."
            );
        try
        {
            return await ImportAsync(writer, copy, lines, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalRightLostException e)
        {
            throw DeploymentException.NeedsAttention(
                Codes.FencedOut,
                $"Journal '{store.Title}' was {e.Message} while '{file}' was brought in. Nothing of it is kept. Run the command again.",
                e
            );
        }
        catch (Exception e) when (writer.IsRefusal(e))
        {
            throw store.NotWritable(e);
        }
    }

    private async Task<DeploymentResult> ImportAsync(
        JournalWriter writer,
        JournalCopy copy,
        JournalLines lines,
        CancellationToken cancellationToken
    )
    {
        var (file, content) = (copy.Title, lines.Content);
        var present = await JournalReader.ReadAsync(store, cancellationToken).ConfigureAwait(false);
        // What is missing may be what the file brings.
        if (present.Fault?.Code != Codes.JournalCutOff)
            present.EnsureIntact();
        if (JournalComparison.Of(content, present) is { Other: not null } parted)
            throw Parted(file, parted);

        var key = KeyOf(content, present);
        // An older copy brings nothing, and its key must not take the place of the one under which the journal has gone on.
        if (present.Count >= content.Count && (key is null || key.Id == present.Trust.Key?.Id || key.Id != present.Trust.LastKey))
            return Told(DeploymentOutcome.NothingToDo, $"The journal of '{environment}' has what is in '{file}'.");

        if (present.Head is { } known && JournalHead.Fault(copy, content, [known]) is { } older)
            throw new DeploymentException(DeploymentOutcome.Refused, [older]);
        if (present.Count > 0 && present.Count < content.Before)
            throw Apart(file, content, present);

        await writer.BeginAsync(present.ValidLength, cancellationToken).ConfigureAwait(false);
        if (key is not null)
            await writer.KeepKeyAsync(key).ConfigureAwait(false);
        if (content.Count > present.Count)
        {
            // Whoever finds half of it misses the rest.
            KeepHead(content);
            Boundary.Reached("import: head kept");
            if (present.Count == 0 && lines.Archive is { } archive)
                await writer.FoundAsync(archive.Base.State, archive.Stayed, lines.Behind(content.Before)).ConfigureAwait(false);
            else
                await writer.AppendManyAsync(lines.Behind(present.Count)).ConfigureAwait(false);
        }

        Boundary.Reached("import: done");
        var brought = present.Count == 0 ? Here(content) : content.Count - present.Count;
        return Told(
            DeploymentOutcome.Succeeded,
            $"{Count(brought)} of '{environment}' were brought in from '{file}', which goes on in {store.Title}"
                + $"{(present.Count == 0 ? Without(content) : "")}. Move {string.Join(", ", copy.Files.Select(static one => $"'{one}'"))} "
                + "away, so that nobody goes on with it.",
            content.Trust.LastKey is { } missing && key is null && present.Trust.Key?.Id != missing ? [Lacking(missing, file)] : []
        );
    }

    /// <summary>The key to keep; <see langword="null"/> when the one that is there stays, or none is to be had.</summary>
    private JournalKey? KeyOf(JournalContent content, JournalContent present)
    {
        var brought = content.Trust.Key;
        if (brought is not null && !content.Trust.MayContinue(content.Count))
            throw Refused(
                $"The key that belongs to the file is {content.Trust.LastKey ?? "none"}, and the one beside it is {brought.Id}. Nothing was "
                    + "changed. Name the file of the journal's own key with --key."
            );
        if (store.GivenKey is not { } given)
            return brought;

        var own = JournalKey.Make(given, brought?.After ?? content.Count, brought?.AfterHash ?? content.LastHash);
        if (content.Trust.LastKey is { } last && own.Id != last)
            throw Refused(
                $"The last records of the file stand under key {last}, and {store.KeyTitle} holds key {own.Id}. Nothing was changed. Put "
                    + "the journal's own key into the setting: it is the second word of 'journal.key'."
            );
        return present.Trust.Key?.Id == own.Id ? null : own;
    }

    private void EnsureOwn(string file, JournalContent content)
    {
        if (content.Count == 0)
            throw Refused(
                $"File '{file}' holds no record of a journal. Nothing was changed. Name a file that 'deploy journal export FILE' wrote."
            );

        var planned = (content.Base?.Standing ?? []).Concat(content.Records).Where(static record => record.Kind == JournalKinds.RunPlanned);
        foreach (var record in planned)
        {
            var other = RunLog.Read(record, RecordData.RunPlanned).Plan.Environment;
            if (!other.Equals(environment, StringComparison.OrdinalIgnoreCase))
                throw Refused(
                    $"File '{file}' holds the journal of '{other}', not of '{environment}'. Nothing was changed. Name the other "
                        + $"file, or say --environment {other}."
                );
        }
    }

    private DeploymentException Parted(string file, JournalComparison parted) =>
        Refused(
            $"File '{file}' does not go on with the journal of '{environment}' that is in {store.Title}: "
                + $"{(parted.Same == 0 ? "the first records differ already" : $"after record {parted.Same} they differ")}. Nothing was "
                + "changed: records are never overwritten. Keep the journal that is there; or look through both with 'deploy history' "
                + "before you move that one away."
        );

    private DeploymentException Apart(string file, JournalContent content, JournalContent present)
    {
        var archives = EnvironmentLedger.From(content).Archives.Select(static archive => archive.Part).ToList();
        var missing = archives.TakeWhile(part => part.From <= present.Count + 1).Select(static part => part.File).ToList();
        return Refused(
            $"File '{file}' goes on behind record {content.Before}, and the journal of '{environment}' that is in {store.Title} ends with "
                + $"record {present.Count}: those between them went to an archive. Nothing was changed. "
                + (
                    missing is [var only]
                        ? $"Bring that in first, with 'deploy journal import {only} --environment {environment}', and then the file."
                        : $"Put its archives {string.Join(", ", missing.Select(static name => $"'{name}'"))} one behind the other into a "
                            + $"file, bring that in first with 'deploy journal import FILE --environment {environment}', and then this one."
                )
        );
    }

    private void KeepHead(JournalContent content)
    {
        try
        {
            new JournalHead(content.JournalId, content.Count, content.LastHash, "").Write(store.Local.Head);
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

    private static long Here(JournalContent content) => (content.Base?.Standing.Count ?? 0) + content.Records.Count;

    private static string Without(JournalContent content) =>
        EnvironmentLedger.From(content).Archives is [.., var last]
            ? $"; the others up to {last.Part.To} stay in {(last.Part.From > 1 ? "archives, the last of which is" : "archive")} "
                + $"'{last.Part.File}'"
            : "";

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
            Environment = environment,
            Messages = [new DeploymentMessage(Codes.JournalNotImported, text, MessageSeverity.Information), .. more ?? []],
        };

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.JournalNotImported, text);

    private static string Count(long records) => records == 1 ? "1 record" : $"{records} records";
}
