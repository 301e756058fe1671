using System.Data.Common;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// The app's database, reached through whichever driver the app brought, with how it is copied and how a copy takes its place.
/// </summary>
internal abstract class TargetDatabase
{
    private readonly SharedLooks _looks = new();

    internal abstract DatabaseDialect Dialect { get; }

    /// <summary>Which of the app's databases it is.</summary>
    internal DatabaseKey Key { get; set; } = DatabaseKey.Only;

    /// <summary>Where it is, in words that two ways to one place share as far as they can be told without opening it.</summary>
    internal virtual string Place => Title;

    /// <summary>What messages call it, without quotes.</summary>
    /// <exception cref="DeploymentException">The connection string is missing or leads nowhere.</exception>
    internal abstract string Title { get; }

    /// <summary>Whether there is a database yet, as far as that can be told without opening it.</summary>
    internal abstract bool Exists { get; }

    /// <summary>The end of a backup's file name.</summary>
    internal abstract string BackupExtension { get; }

    /// <summary>Whether what <see cref="CopyAsync"/> writes is compressed by itself.</summary>
    internal virtual bool CompressesItself => false;

    /// <summary>Whether what it writes is text, which is kept compressed.</summary>
    internal virtual bool IsText => false;

    /// <summary>What the database itself is called, wherever its server is.</summary>
    /// <exception cref="DeploymentException">The connection string is missing or leads nowhere.</exception>
    internal abstract string OwnName { get; }

    /// <summary>How a backup takes its place.</summary>
    internal abstract DatabaseSwap Swap { get; }

    /// <summary>Why it can't be copied, and what to do; <see langword="null"/> when it can, as far as that is seen beforehand.</summary>
    internal virtual Task<DeploymentMessage?> WhyNoBackupAsync(CancellationToken cancellationToken) =>
        Task.FromResult<DeploymentMessage?>(null);

    /// <summary>What whoever deploys does when taking a copy failed, as the beginning of a sentence;
    /// <see langword="null"/> for what files need.</summary>
    internal virtual string? MendOfCopy(Exception exception) => null;

    /// <summary>Why nothing can be migrated there, and what to do; <see langword="null"/> when it can, as far as that is seen
    /// beforehand.</summary>
    internal virtual Task<DeploymentMessage?> WhyNotMigratedAsync(CancellationToken cancellationToken) =>
        Task.FromResult<DeploymentMessage?>(null);

    /// <summary>Why scripts can't be run by the way that leads there, and what to do; <see langword="null"/> when they can.</summary>
    /// <param name="scripts">What each is called, its text, and whether it runs outside a transaction.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal virtual Task<string?> WhyNotRunAsync(
        IReadOnlyList<(string Title, string Script, bool IsOutside)> scripts,
        CancellationToken cancellationToken
    ) => Task.FromResult<string?>(null);

    /// <summary>Makes what has to be there before it can be opened.</summary>
    internal virtual void Prepare() { }

    /// <summary>What stands in the way before anything is opened; <see langword="null"/> when nothing does.</summary>
    internal abstract DeploymentMessage? InTheWay(bool isWritten);

    /// <summary>What whoever deploys should know of where it is; <see langword="null"/> when nothing.</summary>
    internal virtual DeploymentMessage? Remark() => null;

    /// <summary>Opens it.</summary>
    /// <exception cref="DeploymentException">It can't be opened.</exception>
    internal abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Opens it for what only looks, and says itself how long that may take: by the very connection string that the app and the journal
    /// have, for which their driver has a connection ready.
    /// </summary>
    /// <exception cref="DeploymentException">It can't be opened.</exception>
    internal Task<DbConnection> OpenToLookAsync(CancellationToken cancellationToken) =>
        _looks.OpenAsync(() => ConnectToLookAsync(cancellationToken));

    /// <summary>
    /// Until it is disposed, all that only looks on behalf of the caller gets one connection, one after the other; the first opens it.
    /// </summary>
    internal IAsyncDisposable LookTogether() => _looks.Begin();

    /// <inheritdoc cref="LookTogether()"/>
    internal static IAsyncDisposable LookTogether(IEnumerable<TargetDatabase> databases)
    {
        List<IAsyncDisposable> each = [.. databases.Select(static database => database.LookTogether())];
        return new SharedLooks.Together(() => new ValueTask(Task.WhenAll(each.Select(static one => one.DisposeAsync().AsTask()))));
    }

    /// <inheritdoc cref="OpenToLookAsync"/>
    private protected virtual Task<DbConnection> ConnectToLookAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    /// <summary>
    /// Waits until nobody else migrates it; <see langword="null"/> where a transaction's own write lock keeps others out of each.
    /// </summary>
    /// <exception cref="DeploymentException">Somebody else still held it at the limit, or it can't be opened.</exception>
    internal virtual Task<SessionLock?> LockAsync(SessionLockRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<SessionLock?>(null);

    /// <summary>Opens what the migrations of a run are made on, once nobody works on it any more that an earlier holder of the lock left
    /// behind.</summary>
    /// <exception cref="DeploymentException">Somebody still did at the limit, or it can't be opened.</exception>
    internal virtual Task<DbConnection> OpenSessionAsync(SessionLockRequest request, CancellationToken cancellationToken) =>
        OpenAsync(cancellationToken);

    /// <summary>Closes it.</summary>
    internal virtual async Task CloseSessionAsync(DbConnection connection) => await connection.DisposeAsync().ConfigureAwait(false);

    /// <summary>Opens a backup, so that it can be read like the database.</summary>
    internal abstract Task<OpenedCopy> OpenCopyAsync(BackupFile file, CancellationToken cancellationToken);

    /// <summary>Fills a file with a copy, while others work with the database.</summary>
    /// <returns>What the database held at that very moment; <see langword="null"/> where opening the copy costs no more than
    /// that.</returns>
    internal abstract Task<CopiedContents?> CopyAsync(BackupFile file, CancellationToken cancellationToken);

    /// <summary>Fails unless a copy is whole.</summary>
    /// <param name="copy">The copy, opened.</param>
    /// <param name="held">What <see cref="CopyAsync"/> told.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What it holds, to be kept with it; <see langword="null"/> where it is opened when that is asked.</returns>
    internal abstract Task<TableContents?> VerifyAsync(DbConnection copy, CopiedContents? held, CancellationToken cancellationToken);

    /// <summary>
    /// What is wrong with it, or with a backup of it, in the database's words; <see langword="null"/> when it is whole, or isn't there.
    /// </summary>
    internal abstract Task<string?> FindDamageAsync(BackupFile? backup, CancellationToken cancellationToken);

    /// <summary>A copy to try something on; <see langword="null"/> where this kind of database has none yet.</summary>
    /// <param name="folder">A folder for it, which is made; not used where the copy is none of this machine's files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal virtual Task<ScratchDatabase?> CopyToScratchAsync(string folder, CancellationToken cancellationToken) =>
        Task.FromResult<ScratchDatabase?>(null);

    /// <summary>Keeps what there is of a damaged database.</summary>
    /// <returns>Where.</returns>
    internal abstract Task<string> KeepDamagedAsync(string folder, string name, CancellationToken cancellationToken);
}

/// <summary>A backup that was opened, with what has to go when it is closed.</summary>
internal sealed class OpenedCopy(DbConnection connection, IAsyncDisposable? beneath = null) : IAsyncDisposable
{
    internal DbConnection Connection => connection;

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        if (beneath is not null)
            await beneath.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>What a database held when a copy was taken.</summary>
/// <param name="Contents">Rows and schema.</param>
/// <param name="Counters">How far the numbers that hand out keys were at least.</param>
internal sealed record CopiedContents(TableContents Contents, IReadOnlyDictionary<string, long> Counters)
{
    /// <summary>What of the schema may be otherwise in the copy.</summary>
    internal IReadOnlySet<string> Tolerated { get; init; } = new HashSet<string>();

    /// <summary>What of the schema may be in other words in the copy, with what of it has to be the same.</summary>
    internal IReadOnlyDictionary<string, string> Lasting { get; init; } = new Dictionary<string, string>();
}

/// <summary>How a backup takes a database's place.</summary>
internal abstract class DatabaseSwap
{
    /// <summary>Refuses what could only fail later.</summary>
    /// <param name="what">What would be done, as a clause.</param>
    internal abstract void EnsurePossible(string what);

    /// <summary>Refuses to begin what would go back by a backup that can't be put there, as far as that is seen beforehand.</summary>
    /// <param name="what">Why it would go back so, as a clause.</param>
    /// <param name="instead">What does without, as a sentence.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal virtual Task EnsureWayBackAsync(string what, string instead, CancellationToken cancellationToken)
    {
        EnsurePossible(what);
        return Task.CompletedTask;
    }

    /// <summary>Refuses to begin while others have a database open that can only be replaced when nobody has.</summary>
    internal abstract Task EnsureFreeAsync(CancellationToken cancellationToken);

    /// <summary>What whoever would go back by a backup should know beforehand, as a clause; <see langword="null"/> when nothing.</summary>
    internal abstract Task<string?> RiskAsync(CancellationToken cancellationToken);

    /// <summary>What becomes of those who have the database open, as clauses.</summary>
    internal abstract Task<IReadOnlyList<string>> RisksToHoldersAsync(CancellationToken cancellationToken);

    /// <summary>Puts a backup there.</summary>
    /// <returns>What to tell of what was kept; <see langword="null"/> when nothing had to be.</returns>
    internal abstract Task<string?> ReplaceAsync(SwapRequest request, CancellationToken cancellationToken);
}

/// <summary>A backup that is to take the database's place.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">Its file.</param>
/// <param name="Sha256">The file's hash, which was compared already.</param>
/// <param name="Terms">What the one who restores it allows.</param>
internal sealed record SwapRequest(string Name, BackupFile File, string Sha256, RestoreTerms Terms)
{
    /// <summary>
    /// Decides, when nobody else can write any more, whether it may go on, and keeps what has to be kept; what to tell of that.
    /// </summary>
    internal required Func<DbConnection, CancellationToken, Task<string?>> SettleAsync { get; init; }

    /// <summary>The same for a database that is damaged or gone.</summary>
    internal required Func<CancellationToken, Task<string>> SettleDamagedAsync { get; init; }

    /// <summary>Keeps what the database was, where something was written into it in the last moment; what to tell of that.</summary>
    internal required Func<TargetDatabase, CancellationToken, Task<string>> KeepLateAsync { get; init; }

    /// <summary>Throws unless what was made of the backup holds what the backup held.</summary>
    internal Func<DbConnection, CancellationToken, Task> EnsureSameAsync { get; init; } = static (_, _) => Task.CompletedTask;
}
