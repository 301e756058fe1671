using System.Text.Json;

namespace Deployment.Toolkit.Journal;

/// <summary>One record of an environment's journal, as it stands there.</summary>
/// <param name="Sequence">The record's number, from 1, without holes.</param>
/// <param name="Time">When it was written (UTC).</param>
/// <param name="Fence">The number under which its writer held the environment's lock.</param>
/// <param name="Run">The run that it belongs to; <see langword="null"/> for records of no run.</param>
/// <param name="Kind">What it records, for example <c>stepIntent</c>; the kinds stand in docs/crash-safety.md.</param>
/// <param name="Data">What it says, by its kind.</param>
/// <param name="PreviousHash">The hash of the record before; 64 zeros in the first.</param>
/// <param name="Hash">SHA-256 of the record's line up to this member, in lower-case hexadecimal.</param>
public sealed record JournalRecord(
    long Sequence,
    DateTimeOffset Time,
    long Fence,
    string? Run,
    string Kind,
    JsonElement Data,
    string PreviousHash,
    string Hash)
{
    /// <summary>The MAC under the journal's key, in lower-case hexadecimal; <see langword="null"/> in records from before there was one.</summary>
    public string? Mac { get; init; }

    /// <summary>Whether the key that is here gave the MAC.</summary>
    internal bool IsAuthentic { get; init; }
}
