using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>Where a database keeps journals, and what of that differs from one kind of database to the next.</summary>
internal abstract class JournalDatabase
{
    private readonly SharedLooks _looks = new();

    /// <summary>What messages call it, without quotes.</summary>
    /// <exception cref="DeploymentException">The connection string is missing or leads nowhere.</exception>
    internal abstract string Title { get; }

    /// <summary>The file that messages point at; <see langword="null"/> when it is none.</summary>
    internal virtual string? File => null;

    /// <summary>Whether there may be journals, as far as that can be told without opening anything.</summary>
    internal virtual bool Exists => true;

    /// <summary>The types of the tables' columns.</summary>
    internal abstract JournalTypes Types { get; }

    /// <summary>A table's name with what it stands below, quoted.</summary>
    internal abstract string Table(string name);

    /// <summary>Opens it.</summary>
    /// <exception cref="DeploymentException">It can't be opened.</exception>
    internal abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Opens it to read.</summary>
    /// <exception cref="DeploymentException">It can't be opened.</exception>
    internal Task<DbConnection> OpenToLookAsync(CancellationToken cancellationToken) =>
        _looks.OpenAsync(() => OpenAsync(cancellationToken));

    /// <summary>Until it is disposed, the caller reads over one connection; <see langword="null"/> where it does already.</summary>
    internal IAsyncDisposable? LookTogether() => _looks.Join();

    /// <summary>Takes an environment's lock, which dies with this process and its connection.</summary>
    /// <returns>
    /// The lock with a connection of its own, whose commits are durable; <see langword="null"/> when somebody else has it.
    /// </returns>
    /// <exception cref="DeploymentException">It can't be opened, or locks don't hold there.</exception>
    internal abstract Task<JournalLock?> TryLockAsync(string environment, CancellationToken cancellationToken);

    /// <summary>Whether somebody has an environment's lock. Looking takes nothing.</summary>
    internal abstract Task<bool> IsLockedAsync(string environment, CancellationToken cancellationToken);

    /// <summary>Whether a table is there.</summary>
    internal abstract Task<bool> HasTableAsync(DbConnection connection, string name, CancellationToken cancellationToken);

    /// <summary>Begins a transaction; of two that make tables one waits for the other.</summary>
    /// <param name="connection">The lock's connection.</param>
    /// <param name="makesTables">Whether tables are made in it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal abstract Task<DbTransaction> BeginAsync(DbConnection connection, bool makesTables, CancellationToken cancellationToken);

    /// <summary>What a read of a row says so that the row stays as it is until the transaction ends, as SQL.</summary>
    internal virtual string KeepsRow => "";

    /// <summary>What stands where a query reads nothing, as SQL.</summary>
    internal virtual string FromNothing => "";

    /// <summary>What stands behind the columns where a table is made, as SQL.</summary>
    internal virtual string TableOptions => "";

    /// <summary>What has to be there before the tables are made, as a statement; <see langword="null"/> when nothing.</summary>
    internal virtual Task<string?> ContainerAsync(
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    ) => Task.FromResult<string?>(null);

    /// <summary>Why it can't be written, told without writing; <see langword="null"/> when nothing speaks against it.</summary>
    internal abstract Task<string?> WhyNotWritableAsync(CancellationToken cancellationToken);
}

/// <summary>Types of columns of a journal's tables.</summary>
/// <param name="Name">A name that is compared byte for byte and can be a key.</param>
/// <param name="Number">A whole number of 64 bits.</param>
/// <param name="Bytes">Bytes of any length.</param>
internal sealed record JournalTypes(string Name, string Number, string Bytes);

/// <summary>An environment's lock, with the connection on which its journal is written.</summary>
internal abstract class JournalLock : IAsyncDisposable
{
    internal abstract DbConnection Connection { get; }

    /// <summary>What has to be so of the environment's row besides its number for a record to be added, as SQL; most often
    /// nothing.</summary>
    internal virtual string Holds => "";

    /// <summary>What taking the number does to the row besides.</summary>
    internal virtual JournalClaim Claim => JournalClaim.Nothing;

    /// <summary>Looks at the tables, which are there by now, and makes what this lock needs of them.</summary>
    internal virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether the number may be taken, in the transaction that does.</summary>
    internal virtual Task<bool> MayClaimAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Told once the number is this lock's.</summary>
    internal virtual void Claimed() { }

    /// <summary>Begins a transaction of more than one statement.</summary>
    internal virtual async Task<DbTransaction> BeginAsync(CancellationToken cancellationToken) =>
        await Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Opens the connection anew where that broke, if the lock doesn't end with it.</summary>
    /// <returns>Whether it is open.</returns>
    internal virtual Task<bool> TryReopenAsync() => Task.FromResult(false);

    /// <summary>How the lock was lost, as a participle; <see langword="null"/> while it is held.</summary>
    internal abstract Task<string?> LostAsync(CancellationToken cancellationToken);

    /// <summary>Frees the lock and closes the connection.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>What taking the number of an environment's lock does to its row besides.</summary>
/// <param name="Sets">What it sets, as SQL behind what an UPDATE sets.</param>
/// <param name="Unless">When it may be taken, as SQL behind a condition.</param>
internal sealed record JournalClaim(string Sets, string Unless)
{
    internal static readonly JournalClaim Nothing = new("", "");
}
