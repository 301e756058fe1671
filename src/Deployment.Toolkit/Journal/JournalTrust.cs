using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Journal;

/// <summary>By what a journal's records are known to be the engine's own.</summary>
/// <param name="key">The key that is here; <see langword="null"/> when none is.</param>
/// <param name="before">The key of the record before the first that is taken.</param>
internal sealed class JournalTrust(JournalKey? key, string? before = null)
{
    private const int Shown = 12;

    /// <summary>The key that is here; <see langword="null"/> when none is.</summary>
    internal JournalKey? Key => key;

    /// <summary>Records whose MAC was checked with the key that is here.</summary>
    internal long Authentic { get; private set; }

    /// <summary>Records from before there was a key; nothing tells who wrote them.</summary>
    internal long WithoutMac { get; private set; }

    /// <summary>Records with a MAC of a key that isn't here.</summary>
    internal long UnderOtherKeys { get; private set; }

    /// <summary>The key under which the last record stands; <see langword="null"/> when it has no MAC.</summary>
    internal string? LastKey { get; private set; } = before;

    /// <summary>Whether the last record is of the key that is here, or the key was made for what comes next.</summary>
    internal bool MayContinue(long records) => LastKey == key?.Id || (key is not null && key.After == records);

    /// <summary>Takes the next record.</summary>
    /// <returns>The record with what is known of it, or why it cannot be the engine's (a part of a sentence).</returns>
    internal (JournalRecord Record, string? Fault) Take(JournalRecord record, ReadOnlySpan<byte> line)
    {
        if (record.Kind == JournalKinds.LockTaken && record.Data.TryGetProperty("keyId", out var id))
            LastKey = id.GetString();
        if (key is not null && record.Sequence == key.After && record.Hash != key.AfterHash)
            return (
                record,
                $"is another one than was there when key {key.Id} was made: its hash was {key.AfterHash[..Shown]}… and is "
                    + $"{record.Hash[..Shown]}…"
            );

        if (record.Mac is null)
        {
            if (LastKey is not null || (key is not null && record.Sequence > key.After))
                return (record, "carries no MAC though it was written after there was a key: the engine did not write it");

            WithoutMac++;
            return (record, null);
        }

        if (LastKey is null)
            return (record, "carries a MAC of a key that no record before it names");
        if (LastKey != key?.Id)
        {
            UnderOtherKeys++;
            return (record, null);
        }

        if (!key.Fits(JournalLine.BeforeMac(line), record.Mac))
            return (record, $"carries a MAC that key {key.Id} does not give: whoever wrote it did not have the key");

        Authentic++;
        return (record with { IsAuthentic = true }, null);
    }

    /// <summary>Whether the key that is here vouches for every record.</summary>
    internal bool IsComplete => UnderOtherKeys + WithoutMac == 0;

    /// <summary>What <c>verify-journal</c> says of it.</summary>
    internal string Describe()
    {
        var parts = new List<string>();
        if (Authentic > 0)
            parts.Add($"{Authentic} carry a MAC that key {key!.Id} confirms");
        if (UnderOtherKeys > 0)
            parts.Add($"{UnderOtherKeys} carry a MAC of a key that is not here");
        if (WithoutMac > 0)
            parts.Add($"{WithoutMac} were written before there was a key and carry no MAC");
        var text = parts.Count == 0 ? "" : $" Of them {string.Join(", ", parts)}.";
        return Authentic > 0 && UnderOtherKeys + WithoutMac == 0
            ? text
            : text
                + " A chain without a key finds accidents, holes and edits that were not followed through; it cannot find a chain that "
                + "somebody wrote anew.";
    }

    /// <summary>Why nothing may be written under the key that is here.</summary>
    internal DeploymentException Foreign(JournalStore store) =>
        DeploymentException.Refused(
            Codes.JournalKeyMissing,
            $"The last records of journal '{store.Title}' stand under key {LastKey}, and "
                + $"{(key is null ? $"{store.KeyTitle} is not here" : $"{store.KeyTitle} holds key {key.Id}")}. Nothing was changed. "
                + "Put the key back that belongs to the journal; if it is lost, look through 'deploy history', and run 'deploy "
                + "verify-journal --new-key --reason \"…\"' to go on with the records as they are."
        );
}
