using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>The app's SQLite database, reached through whichever driver the app brought.</summary>
internal sealed class SqliteDatabase : TargetDatabase
{
    // By which Microsoft.Data.Sqlite and its like find relative files.
    private const string DataDirectory = "DataDirectory";

    private static readonly string[] FileKeywords = ["Data Source", "DataSource", "Filename"];

    private readonly Func<DbConnection> _create;
    private readonly string _contentRoot;
    private (string Path, string ForDriver)? _file;

    /// <param name="create">Makes a closed connection of the app's driver.</param>
    /// <param name="contentRoot">What a relative file is resolved against: a working folder is whatever somebody stood in.</param>
    internal SqliteDatabase(Func<DbConnection> create, string contentRoot) => (_create, _contentRoot) = (create, contentRoot);

    internal override DatabaseDialect Dialect => SqliteDialect.Instance;

    internal override string Title => FilePath;

    internal override string Place => $"sqlite {RealPath}";

    internal override string BackupExtension => ".db";

    internal override string OwnName => Path.GetFileName(FilePath);

    internal override DatabaseSwap Swap => new SqliteSwap(this);

    /// <summary>The database file's full path.</summary>
    /// <exception cref="DeploymentException">The connection string is missing or names no file.</exception>
    internal string FilePath => File.Path;

    /// <summary>
    /// Where the app's own connections go: the driver resolves a relative file against a folder that the app may set, or the working
    /// folder.
    /// </summary>
    internal string FilePathForDriver => File.ForDriver;

    /// <summary>The file itself, behind links: what is put in its place must not take a link's.</summary>
    internal string RealPath =>
        new FileInfo(FilePath).LinkTarget is not null && System.IO.File.ResolveLinkTarget(FilePath, returnFinalTarget: true) is { } target
            ? target.FullName
            : FilePath;

    /// <summary>Whether there is a database yet; opening it would make one.</summary>
    internal override bool Exists => System.IO.File.Exists(FilePath);

    private (string Path, string ForDriver) File => _file ??= FindFile();

    internal override Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => OpenFileAsync(FilePath, cancellationToken);

    /// <summary>Opens the live database or a copy of it, never from a pool: a pooled connection would keep a replaced file open.</summary>
    internal async Task<DbConnection> OpenFileAsync(string path, CancellationToken cancellationToken)
    {
        EnsureFolder(path);
        var connection = Connect(path);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (DbException e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new DeploymentException(DeploymentOutcome.Refused, [SqliteFault.Of(e, path, Key.Option)], e);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override async Task<ScratchDatabase?> CopyToScratchAsync(string folder, CancellationToken cancellationToken) =>
        await SqliteScratch.TakeAsync(this, Connect, folder, cancellationToken).ConfigureAwait(false);

    /// <summary>A closed connection of the app's driver to a file, never from a pool.</summary>
    private DbConnection Connect(string path)
    {
        var connection = _create();
        var builder = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        foreach (var keyword in FileKeywords)
            builder.Remove(keyword);
        // A cache that is shared with the app's connections locks tables for each other, and hides what they write.
        builder.Remove("Cache");
        builder["Data Source"] = path;
        builder["Pooling"] = "False";
        connection.ConnectionString = builder.ConnectionString;
        return connection;
    }

    internal override void Prepare() => EnsureFolder(FilePath);

    internal override DeploymentMessage? InTheWay(bool isWritten) => SqliteFault.InTheWay(FilePath, isWritten);

    internal override DeploymentMessage? Remark() =>
        FilePath == FilePathForDriver
            ? null
            : new DeploymentMessage(
                Codes.DatabaseRelative,
                $"The connection string names a relative file. It is resolved against the content root, to '{FilePath}'; the app's own "
                    + $"connections, made in this working folder, go to '{FilePathForDriver}'. "
                    + "Name the whole path in ConnectionStrings, or begin the app in its content root.",
                MessageSeverity.Warning
            );

    internal override async Task<OpenedCopy> OpenCopyAsync(BackupFile file, CancellationToken cancellationToken) =>
        file.IsPlain
            ? new(await OpenFileAsync(file.Path, cancellationToken).ConfigureAwait(false))
            : await UnpackedCopy.OpenAsync(this, file, cancellationToken).ConfigureAwait(false);

    internal override async Task<CopiedContents?> CopyAsync(BackupFile file, CancellationToken cancellationToken)
    {
        await SqliteCopy.TakeAsync(this, file, cancellationToken).ConfigureAwait(false);
        return null;
    }

    internal override async Task<TableContents?> VerifyAsync(DbConnection copy, CopiedContents? held, CancellationToken cancellationToken)
    {
        await SqliteCopy.VerifyAsync(copy, cancellationToken).ConfigureAwait(false);
        return null;
    }

    internal override Task<string?> FindDamageAsync(BackupFile? backup, CancellationToken cancellationToken) =>
        backup is { IsPlain: false }
            ? UnpackedCopy.FindDamageAsync(this, backup, cancellationToken)
            : DamagedDatabase.FindAsync(this, backup?.Path ?? FilePath, cancellationToken);

    internal override Task<string> KeepDamagedAsync(string folder, string name, CancellationToken cancellationToken) =>
        DamagedDatabase.KeepAsync(this, folder, name, cancellationToken);

    /// <summary>Closes what the driver's pools in this process keep open of databases: nobody works with those connections.</summary>
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2075",
        Justification = "Where the driver has no such method, or it was trimmed away, connections stay open and what they hold up names "
            + "this process."
    )]
    internal void ClearPools()
    {
        using var connection = _create();
        connection.GetType().GetMethod("ClearAllPools", BindingFlags.Public | BindingFlags.Static, [])?.Invoke(null, null);
    }

    private (string Path, string ForDriver) FindFile()
    {
        using var connection = _create();
        var builder = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        var source = FileKeywords
            .Select(keyword => builder.TryGetValue(keyword, out var value) ? value.ToString() : null)
            .FirstOrDefault(static v => v is not null);
        var inMemory =
            builder.TryGetValue("Mode", out var mode) && string.Equals(mode.ToString(), "Memory", StringComparison.OrdinalIgnoreCase);
        if (string.IsNullOrEmpty(source) || source == ":memory:" || inMemory)
        {
            throw SqliteFileUri.InMemory();
        }

        var data = AppDomain.CurrentDomain.GetData(DataDirectory) as string;
        if (source.StartsWith($"|{DataDirectory}|", StringComparison.OrdinalIgnoreCase))
        {
            var inside = Path.GetFullPath(
                source[(DataDirectory.Length + 2)..].TrimStart('/', '\\'),
                data is null ? _contentRoot : Path.GetFullPath(data)
            );
            return (inside, inside);
        }

        var file = SqliteFileUri.Is(source) ? SqliteFileUri.PathOf(source) : source;
        return (
            Path.GetFullPath(file, _contentRoot),
            Path.GetFullPath(file, data is null ? Directory.GetCurrentDirectory() : Path.GetFullPath(data))
        );
    }

    private static void EnsureFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder))
            return;

        throw DeploymentException.Refused(
            Codes.DatabaseUnavailable,
            $"Database '{path}' cannot be opened: folder '{folder}' does not exist. Create the folder, or correct the connection string."
        );
    }
}
