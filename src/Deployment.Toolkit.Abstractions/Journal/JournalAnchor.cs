namespace Deployment.Toolkit.Journal;

/// <summary>How far an environment's journal had come.</summary>
public sealed record AnchoredHead
{
    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The hash of the journal's first record, which names it.</summary>
    public required string Journal { get; init; }

    /// <summary>How many records it had.</summary>
    public required long Records { get; init; }

    /// <summary>The hash of the last of them.</summary>
    public required string Hash { get; init; }
}

/// <summary>
/// A place outside the machine's disk that remembers how far journals had come: a bucket with retention, a ticket, a log server. A chain of
/// hashes alone cannot tell that its end was cut off; <c>deploy verify-journal</c> compares it with what stands here. Derive from it and
/// hand it to <c>AddJournalAnchor</c>.
/// </summary>
public abstract class JournalAnchor
{
    /// <summary>What messages call it.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Keeps a head, which replaces the environment's one before. Called when a run ends or is interrupted; a failure is logged and stops
    /// nothing.
    /// </summary>
    /// <param name="head">The head.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A task that ends when the head is kept.</returns>
    public abstract Task KeepAsync(AnchoredHead head, CancellationToken cancellationToken);

    /// <summary>Reads the last head that was kept.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The head; <see langword="null"/> when none was kept.</returns>
    public abstract Task<AnchoredHead?> ReadAsync(string environment, CancellationToken cancellationToken);
}
