namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// A rollback journal that stays beside the database between transactions, as SQLite's journal modes TRUNCATE and PERSIST leave it.
/// </summary>
/// <remarks>
/// A connection that still has a replaced file open finds the journal of whoever writes to the new one under the same name, takes it for
/// its own, and keeps it open in these modes. SQLite asks whether the database was moved only when it opens the journal: such a
/// connection commits into a file that nobody reads any more, and has emptied a journal that the other one may still need.
/// </remarks>
internal static class KeptJournal
{
    private const int Looks = 3;
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(20);

    /// <summary>What messages say of such a database, as a clause.</summary>
    internal const string Words = "keeps its journal between transactions (journal mode TRUNCATE or PERSIST)";

    /// <summary>Whether there is one; asked by whoever holds the write lock, when no transaction's own can be there.</summary>
    internal static bool IsThere(string database) => File.Exists(PathOf(database));

    /// <summary>Whether there is one that no transaction uses.</summary>
    /// <param name="database">The database's file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="pause">What is waited for between two looks; a moment by default.</param>
    internal static async Task<bool> IsIdleAsync(string database, CancellationToken cancellationToken, Func<Task>? pause = null)
    {
        // A transaction that has just made its journal has written nothing into it yet, and looks like none.
        for (var look = 1; IsUnused(database); look++)
        {
            if (look == Looks)
                return true;
            await (pause?.Invoke() ?? Task.Delay(s_moment, cancellationToken)).ConfigureAwait(false);
        }

        return false;
    }

    private static bool IsUnused(string database)
    {
        try
        {
            using var journal = new FileStream(PathOf(database), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return journal.ReadByte() <= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is none, or it can't be told: it is looked at again under the lock.
            return false;
        }
    }

    private static string PathOf(string database) => database + "-journal";
}
