namespace Deployment.Toolkit.Journal;

/// <summary>
/// A place for an environment's journal: lines of bytes in their order, and a lock. What the lines say, the chain that they make and the
/// key that vouches for them are the same wherever they lie, so that a journal can move.
/// </summary>
internal abstract class JournalStore
{
    /// <summary>What messages call it, without quotes.</summary>
    internal abstract string Title { get; }

    /// <summary>The file that messages point at; <see langword="null"/> when it is none.</summary>
    internal virtual string? File => null;

    /// <summary>
    /// What stands on this machine's disk wherever the records lie: the key and how far the journal was when a command ended.
    /// </summary>
    internal abstract JournalPaths Local { get; }

    /// <summary>The lines behind a number of them, each with its end. The last may lack it: an append that was never finished.</summary>
    /// <exception cref="DeploymentException">They can't be read.</exception>
    internal abstract ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>Takes the lock if nobody holds it.</summary>
    /// <returns>The right to append; <see langword="null"/> when another has it.</returns>
    /// <exception cref="DeploymentException">It can't be written.</exception>
    internal abstract ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken);

    /// <summary>Whether somebody holds the lock now. Two who look don't see each other.</summary>
    internal abstract ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken);

    /// <summary>Another text once something was written, without reading it.</summary>
    internal abstract ValueTask<string> StampAsync(CancellationToken cancellationToken);

    /// <summary>Why it can't be written, told without writing it; <see langword="null"/> when nothing speaks against it.</summary>
    internal abstract DeploymentMessage? WhyNotWritable();
}

/// <summary>The lock of a journal and the right to append to it, which ends when it is disposed.</summary>
internal abstract class JournalWriter : IAsyncDisposable
{
    /// <summary>Goes on behind what was read under the lock, and cuts off what follows it.</summary>
    /// <param name="length">The length of what was read and is whole, in bytes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal abstract ValueTask BeginAsync(long length, CancellationToken cancellationToken);

    /// <summary>Appends a line and returns when it is durable. One that fails has left nothing, or what the next holder cuts off.</summary>
    internal abstract ValueTask AppendAsync(ReadOnlyMemory<byte> line);

    /// <summary>How the right to append was lost, as a participle; <see langword="null"/> while it is held.</summary>
    internal abstract ValueTask<string?> LostAsync(CancellationToken cancellationToken);

    /// <summary>Whether an error is the place's refusal, not a fault of the code.</summary>
    internal abstract bool IsRefusal(Exception exception);

    public abstract ValueTask DisposeAsync();
}
