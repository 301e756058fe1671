using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.DatabaseJournal;

/// <summary>The database that keeps the journals, where one does.</summary>
internal sealed class ChosenJournal
{
    private Func<Func<DbConnection>, string, string, JournalDatabase>? _open;
    private Func<IServiceProvider, DbConnection>? _connect;
    private JournalDatabaseOptions _options = new();

    /// <summary>Whether a database keeps them.</summary>
    internal bool IsDatabase => _open is not null;

    internal JournalDatabaseOptions Options => _options;

    /// <summary>Which of the app's databases; <see langword="null"/> when none was named.</summary>
    internal string? Database { get; private set; }

    /// <param name="open">What <see cref="DatabaseDialect.Journals"/> is of the database's dialect.</param>
    /// <param name="connect">Makes unopened connections.</param>
    /// <param name="options">What else was said.</param>
    /// <param name="database">Which of the app's databases it is.</param>
    internal void Choose(
        Func<Func<DbConnection>, string, string, JournalDatabase> open,
        Func<IServiceProvider, DbConnection> connect,
        JournalDatabaseOptions options,
        string? database = null
    ) => (_open, _connect, _options, Database) = (open, connect, options, database);

    /// <summary>An environment's journal; <see langword="null"/> when no database keeps it.</summary>
    internal JournalStore? Open(IServiceProvider services, string contentRoot, string environment, JournalPaths local, bool isOfAnother)
    {
        if (_open is not { } open || _connect is not { } connect)
            return null;

        return new JournalInDatabase(open(() => _options.Connect(services, connect), contentRoot, _options.Schema), environment, local)
        {
            IsOfAnother = isOfAnother,
            KeySetting = _options.KeySetting is { } key ? new KeySetting(services, key) : null,
        };
    }
}
