using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.DatabaseJournal;

/// <summary>The database that keeps the journals, where one does.</summary>
internal sealed class ChosenJournal
{
    private DatabaseDialect? _dialect;
    private Func<IServiceProvider, DbConnection>? _connect;
    private JournalDatabaseOptions _options = new();

    /// <summary>Whether a database keeps them.</summary>
    internal bool IsDatabase => _dialect is not null;

    internal JournalDatabaseOptions Options => _options;

    internal void Choose(DatabaseDialect dialect, Func<IServiceProvider, DbConnection> connect, JournalDatabaseOptions options) =>
        (_dialect, _connect, _options) = (dialect, connect, options);

    /// <summary>An environment's journal; <see langword="null"/> when no database keeps it.</summary>
    internal JournalStore? Open(IServiceProvider services, string contentRoot, string environment, JournalPaths local)
    {
        if (_dialect is null || _connect is not { } connect)
            return null;

        return new JournalInDatabase(
            _dialect.Journals(() => _options.Connect(services, connect), contentRoot, _options.Schema),
            environment,
            local
        )
        {
            KeySetting = _options.KeySetting is { } key ? new KeySetting(services, key) : null,
        };
    }
}
