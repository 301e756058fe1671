using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// How an environment stands after a record, said by naming the records that still tell it: whoever wants the present reads these and what
/// came after, and no more. Nothing is said twice, so nothing can contradict.
/// </summary>
/// <param name="Records">How many records there were.</param>
/// <param name="Bytes">The bytes of their lines.</param>
/// <param name="Hash">The hash of the last of them.</param>
/// <param name="Journal">The hash of the first, which names the journal.</param>
/// <param name="Since">When that was written.</param>
/// <param name="Fence">The highest number of the lock.</param>
/// <param name="Standing">The records that still tell something: of each its number, its place and its length.</param>
/// <param name="StandingHash">The SHA-256 of their hashes, one behind the other.</param>
/// <param name="KeyId">The key of the last record's MAC; <see langword="null"/> when it has none.</param>
internal sealed record PresentState(
    long Records,
    long Bytes,
    string Hash,
    string Journal,
    DateTimeOffset Since,
    long Fence,
    IReadOnlyList<string> Standing,
    string StandingHash,
    string? KeyId = null
)
{
    /// <summary>How a ledger stands that has at least one record.</summary>
    internal static PresentState Of(EnvironmentLedger ledger) => Of(ledger, ledger.Standing());

    internal static PresentState Of(EnvironmentLedger ledger, IReadOnlyList<JournalRecord> standing) =>
        new(
            ledger.Count,
            ledger.Bytes,
            ledger.LastHash,
            ledger.JournalId!,
            ledger.Since!.Value,
            ledger.Fence,
            [.. standing.Select(static record => RecordPlace.Of(record).ToString())],
            HashOf(standing),
            ledger.KeyId
        );

    internal IReadOnlyList<RecordPlace> Places => [.. Standing.Select(RecordPlace.Parse)];

    /// <summary>Whether it says the same.</summary>
    internal bool Says(PresentState other) =>
        (this with { Standing = [], StandingHash = "" }) == (other with { Standing = [], StandingHash = "" })
        && StandingHash == other.StandingHash
        && Standing.SequenceEqual(other.Standing, StringComparer.Ordinal);

    internal static string HashOf(IReadOnlyList<JournalRecord> records)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var record in records)
            hash.AppendData(Encoding.ASCII.GetBytes(record.Hash));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What stands before the records that were read.</summary>
/// <param name="State">How the environment stood then.</param>
/// <param name="Standing">The records that told it.</param>
internal sealed record JournalBase(PresentState State, IReadOnlyList<JournalRecord> Standing);
