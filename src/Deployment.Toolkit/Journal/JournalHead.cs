using System.Text.Json;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>How far a journal had come at some moment: what is kept of it outside, so that records that are cut off are missed.</summary>
/// <param name="Journal">The hash of its first record, which names it.</param>
/// <param name="Count">How many records it had.</param>
/// <param name="Hash">The hash of the last of them.</param>
/// <param name="Place">Where this is kept, for people.</param>
internal sealed record JournalHead(string? Journal, long Count, string Hash, string Place)
{
    private const int Shown = 12;

    internal static JournalHead Of(EnvironmentLedger ledger, string place) => new(ledger.JournalId, ledger.Count, ledger.LastHash, place);

    /// <summary>What the last command left beside the journal; <see langword="null"/> when there is none, or it cannot be read.</summary>
    internal static JournalHead? TryRead(string path)
    {
        try
        {
            if (PrivateFile.ReadAll(path) is not { } content)
                return null;

            using var document = JsonDocument.Parse(content);
            var kept = RecordData.KeptHead(document.RootElement);
            return new JournalHead(kept.Journal, kept.Records, kept.Hash, $"'{path}'");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Written by one rename, so it is not half a file of ours; as an anchor it says nothing then, and verify-journal doesn't name
            // it.
            return null;
        }
    }

    /// <summary>What lines tell by the last of them; <see langword="null"/> when that is none.</summary>
    internal static JournalHead? TryFrom(ReadOnlyMemory<byte> lines, string place)
    {
        var whole = lines[..(lines.Span.LastIndexOf((byte)'\n') + 1)];
        return !whole.IsEmpty && JournalLine.Read(whole[(whole.Span[..^1].LastIndexOf((byte)'\n') + 1)..^1]).Record is { } last
            ? new JournalHead(null, last.Sequence, last.Hash, place)
            : null;
    }

    internal void Write(string path) =>
        PrivateFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(new KeptHead(Journal, Count, Hash), JournalJson.Default.KeptHead));

    /// <summary>Whether records are these, or have these at their beginning.</summary>
    /// <remarks>Where only the end was read, the key vouches for what is before it.</remarks>
    internal bool IsIn(JournalContent content)
    {
        var before = content.Before;
        return Count == 0
            || (Count > 0 && Count < before)
            || (Count == before && content.Base?.State.Hash == Hash)
            || (Count > before && Count <= content.Count && content.Records[(int)(Count - before) - 1].Hash == Hash);
    }

    /// <summary>As much of a hash as people compare.</summary>
    internal static string Short(string hash) => hash.Length > Shown ? hash[..Shown] + "…" : hash;

    /// <summary>Says which of what is kept outside the records contradict; <see langword="null"/> when none does.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="heads">What is kept.</param>
    /// <param name="agreeing">A sentence about what the records agree with.</param>
    internal static DeploymentMessage? Fault(
        JournalStore store,
        JournalContent content,
        IEnumerable<JournalHead> heads,
        string agreeing = ""
    )
    {
        var missed = heads.Where(head => !head.IsIn(content)).ToList();
        if (missed.Count == 0)
            return null;

        var said = string.Join(
            "; ",
            missed.Select(static head => $"{head.Place} knows it with {head.Count} records, the last with hash {Short(head.Hash)}")
        );
        return new DeploymentMessage(
            Codes.JournalCutOff,
            $"Journal '{store.Title}' has {content.Count} records and lacks some that it had: {said}. It was cut off, emptied or "
                + $"replaced.{agreeing} {store.PutBack}, and 'deploy verify-journal' tells whether it is whole; "
                + "if there is none, run 'deploy verify-journal --new-key --reason \"…\"' to go on with what is left."
        )
        {
            File = store.File,
        };
    }
}

/// <summary>How a head is kept in a file.</summary>
internal sealed record KeptHead(string? Journal, long Records, string Hash);
