using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrets;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>A folder with an app's database, journal and files, and what can be asked of it from outside.</summary>
internal sealed class CrashFolder
{
    private static readonly ConcurrentDictionary<string, (string Text, (long Count, string Hash)[] Heads)> s_databases = new(StringComparer.Ordinal);
    private static int s_count;

    // Says that the journal lies in a database, and which.
    internal const string Elsewhere = "journal.txt";

    internal CrashFolder(string root) => Path = System.IO.Path.Combine(root, Interlocked.Increment(ref s_count).ToString(CultureInfo.InvariantCulture));

    private CrashFolder(string path, bool _) => Path = path;

    internal string Path { get; }

    /// <summary>
    /// A place for thousands of folders. A killed process loses nothing that a file system has taken, so that one in memory, where there is
    /// one, serves as well as a disk, and the flushes cost nothing.
    /// </summary>
    internal static string NewRoot()
    {
        const string Memory = "/dev/shm";
        var parent = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > 1L << 30 ? Memory : System.IO.Path.GetTempPath();
        return Directory.CreateDirectory(System.IO.Path.Combine(parent, "dtk-kill-" + Guid.NewGuid().ToString("N"))).FullName;
    }

    internal static CrashFolder At(string path) => new(path, true);

    /// <summary>All files and links below a folder; what a link leads to is none of it.</summary>
    internal static IEnumerable<string> EntriesOf(string folder) => new FileSystemEnumerable<string>(
        folder, static (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory || entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    };

    internal CrashFolder CopyTo(string root)
    {
        var copy = new CrashFolder(root);
        foreach (var file in EntriesOf(Path))
        {
            var target = System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            if (new FileInfo(file).LinkTarget is { } named) Directory.CreateSymbolicLink(target, named);
            else File.Copy(file, target);
        }

        if (Text(Elsewhere) is { Length: > 0 } settings) copy.Write(Elsewhere, OfMySql(settings) is { } mySql ? App.OfMySql + MySqlClone.Of(mySql) : PostgreSqlClone.Of(settings));
        return copy;
    }

    /// <summary>The same without what only this machine's disk has.</summary>
    internal CrashFolder CopyWithoutLocalTo(string root)
    {
        var copy = CopyTo(root);
        Directory.Delete(System.IO.Path.Combine(copy.Path, ".deployment"), recursive: true);
        return copy;
    }

    internal void Write(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    internal void Delete()
    {
        if (Text(Elsewhere) is { Length: > 0 } settings)
        {
            if (OfMySql(settings) is { } mySql) MySqlClone.Drop(mySql);
            else PostgreSqlClone.Drop(settings);
        }

        Directory.Delete(Path, recursive: true);
    }

    // The connection string, where the journal lies in MySQL.
    private static string? OfMySql(string settings) => settings.StartsWith(App.OfMySql, StringComparison.Ordinal) ? settings[App.OfMySql.Length..] : null;

    private JournalPaths Paths => new(System.IO.Path.Combine(Path, ".deployment"), "Production");

    internal JournalContent Journal()
    {
        if (Text(Elsewhere) is { Length: > 0 } named && OfMySql(named) is { } mySql) return Read(new JournalInDatabase(new MySqlJournal(() => new MySqlConnection(mySql), "deployment"), "Production", Paths));
        if (Text(Elsewhere) is { Length: > 0 } settings) return Read(new JournalInDatabase(new PostgreSqlJournal(() => new NpgsqlConnection(settings), "deployment"), "Production", Paths));
        if (!File.Exists(System.IO.Path.Combine(JournalFolder, "journal.db"))) return Read(new JournalFile(Paths));

        // A copy, so that looking never takes back what a killed process left half done.
        var copy = Directory.CreateTempSubdirectory("dtk-look-");
        try
        {
            var folder = copy.CreateSubdirectory(System.IO.Path.GetFileName(JournalFolder));
            foreach (var file in Directory.EnumerateFiles(JournalFolder, "journal.db*")) File.Copy(file, System.IO.Path.Combine(folder.FullName, System.IO.Path.GetFileName(file)));
            return Read(new JournalInDatabase(new SqliteJournal(new SqliteDatabase(static () => new SqliteConnection("Data Source=app.db"), copy.FullName)), "Production", Paths));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private string JournalFolder => System.IO.Path.Combine(Path, "app.db.deployment");

    private static JournalContent Read(JournalStore store) => JournalReader.ReadAsync(store, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    internal EnvironmentLedger Ledger() => EnvironmentLedger.From(Journal().EnsureIntact().Records);

    internal bool IsLockFree()
    {
        foreach (var file in ((string[])[Paths.Lock, System.IO.Path.Combine(JournalFolder, "production.lock")]).Where(File.Exists))
        {
            using var taken = FileLock.TryAcquire(file);
            if (taken is null) return false;
        }

        return true;
    }

    /// <summary>Everything in the database that a user would miss: schema and rows, with the migrations that are applied.</summary>
    internal string Database() => string.Join('\n', Files.Select(file => Looked(file).Text));

    // The app's own, and that of an app with two.
    private IEnumerable<string> Files => File.Exists(System.IO.Path.Combine(Path, "audit.db")) ? ["app.db", "audit.db"] : ["app.db"];

    /// <summary>What the database remembers of the journal and the journal lacks; <see langword="null"/> when it has all of it.</summary>
    internal string? Missed()
    {
        var records = Journal().EnsureIntact().Records;
        return Files.SelectMany(file => Looked(file).Heads).FirstOrDefault(head => head.Count > records.Count || records[(int)head.Count - 1].Hash != head.Hash) is { Hash: not null } missed ? $"record {missed.Count} with hash {missed.Hash}" : null;
    }

    private (string Text, (long Count, string Hash)[] Heads) Looked(string database)
    {
        if (!File.Exists(System.IO.Path.Combine(Path, database))) return ("", []);

        // Looked at many thousand times, and at most moments it is what it was at the one before.
        using var bytes = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(Path, database + "*").Order(StringComparer.Ordinal))
        {
            bytes.AppendData(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(file)));
            bytes.AppendData(File.ReadAllBytes(file));
        }

        return s_databases.GetOrAdd(Convert.ToHexString(bytes.GetHashAndReset()), _ => ReadDatabase(database));
    }

    private (string Text, (long Count, string Hash)[] Heads) ReadDatabase(string database)
    {
        // A copy, so that looking never finishes what a killed process left half done.
        var copy = Directory.CreateTempSubdirectory("dtk-look-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path, database + "*")) File.Copy(file, System.IO.Path.Combine(copy.FullName, System.IO.Path.GetFileName(file)));
            using var connection = new SqliteConnection($"Data Source={System.IO.Path.Combine(copy.FullName, database)};Pooling=False");
            connection.Open();
            var text = new StringBuilder();
            var tables = Rows(connection, "SELECT name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name");
            foreach (var table in tables) text.AppendLine(string.Join(' ', table));
            foreach (var table in tables.Where(static t => t[1].StartsWith("CREATE TABLE", StringComparison.Ordinal)))
            {
                // Of its own tables what is the same each time: no run's id, no moment.
                var columns = table[0] switch { "deployment_migrations" => "version, name, checksum", "deployment_migration_attempts" => "version, direction, fence", "deployment_stamp" => "name, environment", _ => "*" };
                foreach (var row in Rows(connection, $"SELECT {columns} FROM \"{table[0]}\" ORDER BY 1, 2")) text.Append(table[0]).Append(": ").AppendLine(string.Join('|', row));
            }

            var heads = tables.Any(static table => table[0] == "deployment_migrations" && table[1].Contains("head_hash", StringComparison.Ordinal))
                ? Rows(connection, "SELECT head_records, head_hash FROM deployment_migrations WHERE head_hash IS NOT NULL") : [];
            return (text.ToString(), [.. heads.Select(static head => (long.Parse(head[0], CultureInfo.InvariantCulture), head[1]))]);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    internal string Text(string file) => File.Exists(System.IO.Path.Combine(Path, file)) ? File.ReadAllText(System.IO.Path.Combine(Path, file)) : "";

    internal string Marks() => string.Join(' ', Directory.EnumerateFiles(Path, "mark.*").Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal));

    /// <summary>What the world outside the journal looks like.</summary>
    internal string World() => $"{Database()}\nlive {Text("live.txt")}\nannounced {Text("announced.txt")}\n{Marks()}{Secrets()}\npinned {Pinned()}{Served()}";

    private string Releases => System.IO.Path.Combine(Path, ReleaseDirectory.Root);

    /// <summary>The release that the link names.</summary>
    internal string? Linked => System.IO.Path.GetFileName(new DirectoryInfo(System.IO.Path.Combine(Releases, "current")).LinkTarget);

    private string Served() => Directory.Exists(Releases) ? $"\nlinked {Linked}\nserved {Text(ReleaseDirectory.Served)}" : "";

    /// <summary>Fails where a release is there in part, or one of those is gone that must be there; at whichever moment one looks.</summary>
    internal void AssertReleases(string how, params string[] expected)
    {
        if (!Directory.Exists(Releases)) return;

        var there = new DirectoryInfo(System.IO.Path.Combine(Releases, "releases")).GetDirectories().Select(static folder => folder.Name).Where(static name => name[0] != '.').ToList();
        Assert.All(there, version => Assert.All(ReleaseDirectory.Files, file => Assert.True(Text($"{ReleaseDirectory.Root}/releases/{version}/{file}") == version, $"{how}: of release {version} '{file}' is gone")));
        Assert.All(expected, version => Assert.True(there.Contains(version), $"{how}: release {version} is gone, and there are {string.Join(", ", there)}"));
    }

    private string Pinned() => JsonSerializer.Deserialize<JsonElement>(Text(".deployment/production/pinned.json") is { Length: > 0 } text ? text : "{}") is var pinned && pinned.TryGetProperty("values", out var values) ? values.GetRawText() : "";

    /// <summary>Which credentials the issuer takes, which one is sealed and which one the live app has read. Values differ from run to run.</summary>
    private string Secrets()
    {
        if (!File.Exists(System.IO.Path.Combine(Path, "issuer.txt"))) return "";

        using var key = SealedKey.Parse(new Secret(Text("test.key")));
        var secrets = new SealedSecrets(System.IO.Path.Combine(Path, SealedSecrets.FileName("Production")), "Production", key);
        var valid = Text("issuer.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[0]).ToList();
        string Show(string value) => (value == "first" ? "the first" : "a new one") + (valid.Contains(value, StringComparer.Ordinal) ? "" : " that is not valid");
        return $"\nvalid {string.Join(", ", valid.Select(Show))}\nsealed {Show(secrets.Get("Key").Reveal())} as version {secrets.List().Single(static secret => secret.State == SealedSecretState.Current).Version}\nread {Show(Text("read.txt"))}";
    }

    /// <summary>
    /// Everything that recovery could depend on, without times and random ids: two folders of the same digest are the same state.
    /// </summary>
    internal string Digest() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Describe())));

    internal string Describe()
    {
        var content = Journal();
        var ledger = EnvironmentLedger.From(content.Records);
        var text = new StringBuilder(World());
        text.AppendLine().Append("torn ").Append(content.TornBytes > 0).Append(" fault ").Append(content.Fault is not null).AppendLine().Append(Text($"{ReleaseDirectory.Root}/.running"));
        var ids = ledger.Runs.Select(static run => run.Id).ToList();
        foreach (var run in ledger.Runs)
        {
            text.AppendLine().Append(run.Plan.Kind).Append(' ').Append(run.Plan.Release).Append(' ').Append(run.State).Append(' ').Append(run.Direction);
            foreach (var step in run.Steps) text.Append(' ').Append(Digest(run, step));
        }

        foreach (var verified in ledger.Verified) text.AppendLine().Append("verified ").Append(verified.Evidence.Release);
        foreach (var hold in ledger.Holds) text.AppendLine().Append("held ").Append(hold.Held.Release);
        // Files by name: backups and what was left of writing one, with run ids replaced by the run's place.
        var names = EntriesOf(Path).Where(static file => System.IO.Path.GetFileName(file) != "lock")
            .Select(file => ids.Select(static (id, place) => (id, place)).Aggregate(System.IO.Path.GetRelativePath(Path, file), static (name, run) => name.Replace(run.id, "run" + run.place, StringComparison.Ordinal)))
            .Select(static name => name.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal) && (!name.Contains('/') || name.Contains("..", StringComparison.Ordinal)) ? "temporary" : name)
            .Select(static name => name.Contains("/.", StringComparison.Ordinal) && name.EndsWith(".tmp", StringComparison.Ordinal) ? "temporary" : name)
            // A release that is put there or taken away.
            .Select(static name => name.Contains(".tmp/", StringComparison.Ordinal) ? "temporary release" : name)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        text.AppendLine().AppendJoin(' ', names);
        return text.ToString();
    }

    // What the engine decides by: a step that only looks is simply done (again), and on the way back it is passed over like one with no effect.
    private static string Digest(RunLog run, StepLog step)
    {
        var isBack = run.Direction == StepDirection.Back;
        return step.State switch
        {
            _ when step.Planned.ChangesNothing && isBack => "-",
            StepState.InDoubt when step.Planned.ChangesNothing => "Pending",
            StepState.Pending or StepState.Reverted when isBack && !(step.State == StepState.Pending && step.MayHaveEffect) => "-",
            StepState.Pending => $"Pending {step.MayHaveEffect}",
            _ => $"{step.State} {step.Abandoned}",
        };
    }

    private static List<string[]> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) ?? "")]);
        return rows;
    }
}
