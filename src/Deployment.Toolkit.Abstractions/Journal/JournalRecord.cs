using System.Text.Json;

namespace Deployment.Toolkit.Journal;

/// <summary>One record of an environment's journal, as it stands there.</summary>
public sealed record JournalRecord
{
    /// <summary>The record's number, from 1, without holes.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written (UTC).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The number under which its writer held the environment's lock.</summary>
    public required long Fence { get; init; }

    /// <summary>The run that it belongs to; <see langword="null"/> for records of no run.</summary>
    public string? Run { get; init; }

    /// <summary>What it records, for example <c>stepIntent</c>; the kinds stand in docs/crash-safety.md.</summary>
    public required string Kind { get; init; }

    /// <summary>What it says, by its kind.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The hash of the record before; 64 zeros in the first.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>SHA-256 of the record's line up to this member, in lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>
    /// The MAC under the journal's key, in lower-case hexadecimal; <see langword="null"/> in records from before there was one.
    /// </summary>
    public string? Mac { get; init; }

    /// <summary>Whether the key that is here gave the MAC.</summary>
    internal bool IsAuthentic { get; init; }

    /// <summary>Bytes of all lines up to this one, with it.</summary>
    internal long End { get; init; }

    /// <summary>Bytes of its line, with the line's end.</summary>
    internal int Length { get; init; }
}
