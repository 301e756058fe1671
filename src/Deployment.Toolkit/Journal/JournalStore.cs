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

    /// <summary>What stands on this machine's disk wherever the records lie: how far the journal was when a command ended.</summary>
    internal abstract JournalPaths Local { get; }

    /// <summary>What messages call the place of its key, as the subject of a sentence.</summary>
    internal abstract string KeyTitle { get; }

    /// <summary>What whoever finds records changed or missing does about it, as the beginning of a sentence.</summary>
    internal virtual string PutBack => "Put back a copy of the file from before";

    /// <summary>
    /// The key that somebody else gives, in hexadecimal; <see langword="null"/> where one is made and kept with the journal.
    /// </summary>
    /// <exception cref="DeploymentException">It is not to be had.</exception>
    internal virtual string? GivenKey => null;

    /// <summary>The key; <see langword="null"/> while there is none.</summary>
    /// <exception cref="DeploymentException">It can't be read, or is none.</exception>
    internal abstract ValueTask<JournalKey?> ReadKeyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whether it is another environment's than the host's, and may lie in a database that only that one's configuration names: where
    /// nothing of it is here, it was not lost here.
    /// </summary>
    internal virtual bool MayLieElsewhere => false;

    /// <summary>What the last command on this machine left of how far the journal was; <see langword="null"/> when nothing.</summary>
    internal virtual JournalHead? ReadHead() => JournalHead.TryRead(Local.Head);

    /// <summary>Until it is disposed, the caller reads without opening the place each time; <see langword="null"/> where that costs
    /// nothing.</summary>
    internal virtual IAsyncDisposable? LookTogether() => null;

    /// <summary>The lines behind a number of them, each with its end. The last may lack it: an append that was never finished.</summary>
    /// <exception cref="DeploymentException">They can't be read.</exception>
    internal abstract ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>The last lines before a place, without reading what is before them.</summary>
    /// <exception cref="DeploymentException">They can't be read.</exception>
    internal abstract ValueTask<JournalPage> ReadPageAsync(RecordPlace before, int lines, CancellationToken cancellationToken);

    /// <summary>Lines by their places, in that order; what isn't there is left out or is something else.</summary>
    /// <exception cref="DeploymentException">They can't be read.</exception>
    internal abstract ValueTask<IReadOnlyList<byte[]>> ReadLinesAsync(
        IReadOnlyList<RecordPlace> places,
        CancellationToken cancellationToken
    );

    /// <summary>The last record up to which records can go to an archive, where it is to be done up to one of these.</summary>
    /// <param name="content">All that there is.</param>
    /// <param name="wanted">The number up to which none is wanted here any more.</param>
    internal virtual long CutAt(JournalContent content, long wanted) => wanted;

    /// <summary>Takes the lock if nobody holds it.</summary>
    /// <returns>The right to append; <see langword="null"/> when another has it.</returns>
    /// <exception cref="DeploymentException">It can't be written.</exception>
    internal abstract ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken);

    /// <summary>Whether somebody holds the lock now. Two who look don't see each other.</summary>
    internal abstract ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken);

    /// <summary>Another text once something was written, without reading it.</summary>
    internal abstract ValueTask<string> StampAsync(CancellationToken cancellationToken);

    /// <summary>What to say when it could not be written.</summary>
    internal virtual DeploymentException NotWritable(Exception cause) => Local.NotWritable(cause);

    /// <summary>Why it can't be written, told without writing it; <see langword="null"/> when nothing speaks against it.</summary>
    internal abstract ValueTask<DeploymentMessage?> WhyNotWritableAsync(CancellationToken cancellationToken);
}

/// <summary>The lock of a journal and the right to append to it, which ends when it is disposed.</summary>
internal abstract class JournalWriter : IAsyncDisposable
{
    /// <summary>Goes on behind what was read under the lock, and cuts off what follows it.</summary>
    /// <param name="length">The length of what was read and is whole, in bytes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal abstract ValueTask BeginAsync(long length, CancellationToken cancellationToken);

    /// <summary>Keeps a key durably, in the place of the one before.</summary>
    internal abstract ValueTask KeepKeyAsync(JournalKey key);

    /// <summary>Appends a line and returns when it is durable.</summary>
    /// <remarks>
    /// One that fails has left nothing, or what the next holder cuts off; where an answer was lost on its way, it may be there, as after a
    /// kill.
    /// </remarks>
    /// <exception cref="JournalRightLostException">The right to append is gone.</exception>
    internal abstract ValueTask AppendAsync(ReadOnlyMemory<byte> line);

    /// <summary>Appends lines that were written elsewhere and returns when they are durable.</summary>
    internal abstract ValueTask AppendManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines);

    /// <summary>
    /// Puts the lines of a journal of which a part went to an archive into a place that holds no line, each where it stood. All are there
    /// when it returns; before, none is.
    /// </summary>
    /// <param name="state">How the environment stood behind that part, and which of its records stayed.</param>
    /// <param name="staying">The lines of these.</param>
    /// <param name="lines">The lines behind it.</param>
    /// <exception cref="JournalRightLostException">The right to append is gone.</exception>
    internal abstract ValueTask FoundAsync(
        PresentState state,
        IReadOnlyList<ReadOnlyMemory<byte>> staying,
        IReadOnlyList<ReadOnlyMemory<byte>> lines
    );

    /// <summary>
    /// Removes lines that went to an archive; those that are to stay do. What it was stopped at, it does when it is called again.
    /// </summary>
    /// <param name="state">How the environment stood behind them, and which are to stay.</param>
    /// <param name="staying">The lines of these.</param>
    /// <exception cref="JournalRightLostException">The right to append is gone.</exception>
    internal abstract ValueTask DropAsync(PresentState state, IReadOnlyList<ReadOnlyMemory<byte>> staying);

    /// <summary>How the right to append was lost, as a participle; <see langword="null"/> while it is held.</summary>
    internal abstract ValueTask<string?> LostAsync(CancellationToken cancellationToken);

    /// <summary>Whether an error is the place's refusal, not a fault of the code.</summary>
    internal abstract bool IsRefusal(Exception exception);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Somebody appends whose right to is gone.</summary>
/// <param name="how">How it was lost, as a participle.</param>
/// <param name="cause">What told.</param>
internal sealed class JournalRightLostException(string how, Exception? cause) : Exception(how, cause);
