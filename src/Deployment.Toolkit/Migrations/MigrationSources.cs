using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Migrations;

/// <summary>Where this binary's migrations come from, as registered.</summary>
internal sealed class MigrationSources
{
    private const string Directories = "dir:",
        Assemblies = "asm:";

    private readonly List<
        Func<DatabaseDialect, string, (IEnumerable<MigrationScript> Scripts, IEnumerable<MigrationDefinition> Classes)>
    > _sources = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<Assembly> _assemblies = [];

    private readonly List<MigrationSource> _others = [];

    /// <summary>The database whose they are; <see langword="null"/> for those that name none.</summary>
    internal string? Database { get; private init; }

    /// <summary>The databases that have folders of their own below this one.</summary>
    internal HashSet<string> Elsewhere { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those of one of several databases, which lie in a folder of its name. What is found weighs the same everywhere.</summary>
    internal static MigrationSources OfDatabase(string database, MigrationSources others) =>
        new()
        {
            Database = database,
            Folder = $"Migrations/{database}",
            Weights = others.Weights,
        };

    /// <summary>Both kinds, for a database whose migrations partly name it.</summary>
    internal MigrationSources With(MigrationSources named)
    {
        if (named.IsEmpty)
            return this;
        if (IsEmpty)
            return named;

        var both = new MigrationSources
        {
            Folder = Folder,
            Weights = Weights,
            Limit = Limit > named.Limit ? Limit : named.Limit,
        };
        both.Elsewhere.UnionWith(Elsewhere);
        both._sources.AddRange(_sources.Concat(named._sources));
        both._others.AddRange(_others.Concat(named._others));
        both._known.UnionWith(_known.Concat(named._known));
        both._assemblies.AddRange(_assemblies.Union(named._assemblies));
        return both;
    }

    /// <summary>Whether something was said of the migrations that name no database.</summary>
    internal bool IsConfigured { get; set; }

    internal bool IsEmpty => _sources.Count + _others.Count == 0;

    /// <summary>Whether scripts are read from anywhere.</summary>
    internal bool ReadsScripts =>
        _known.Any(static key =>
            key.StartsWith(Directories, StringComparison.Ordinal) || key.StartsWith(Assemblies, StringComparison.Ordinal)
        );

    /// <summary>What other tools describe.</summary>
    internal IReadOnlyList<MigrationSource> Others => _others;

    /// <summary>How long the migrations of a run may take.</summary>
    internal TimeSpan Limit { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How much what is found in them weighs.</summary>
    internal LintWeights Weights { get; private init; } = new();

    /// <summary>Where <c>deploy migrations add</c> writes: the first registered folder, or <c>Migrations</c>.</summary>
    internal string Folder { get; private set; } = "Migrations";

    internal void AddDirectory(string path, bool isDefault)
    {
        if (!_known.Add(Directories + path))
            return;
        if (!isDefault)
            Folder = path;
        _sources.Add((dialect, contentRoot) => (ReadDirectory(contentRoot, path, mayBeMissing: isDefault, dialect), []));
    }

    /// <summary>
    /// The assembly's embedded scripts; the folder stands in where it has none, so that a script can be tried without a build.
    /// </summary>
    internal void AddScripts(Assembly assembly)
    {
        if (!_known.Add(Assemblies + assembly.FullName))
            return;
        _assemblies.Add(assembly);
        _sources.Add(
            (dialect, contentRoot) =>
            {
                var embedded = ReadEmbedded(assembly, this).ToList();
                return (
                    embedded.Count > 0
                        ? DialectFolders.For(dialect, embedded)
                        : ReadDirectory(contentRoot, Folder, mayBeMissing: true, dialect),
                    []
                );
            }
        );
    }

    internal void Add(MigrationSource source)
    {
        if (_known.Add("source:" + source.Key))
            _others.Add(source);
    }

    internal void AddClass(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)]
            Type type
    )
    {
        if (!_known.Add("class:" + type.FullName))
            return;
        var attribute = type.GetCustomAttribute<MigrationAttribute>();
        _sources.Add(
            (dialect, _) =>
                (
                    [],
                    [
                        new MigrationDefinition(dialect, attribute?.Version ?? "", (attribute?.Name ?? type.Name).Replace(' ', '_'))
                        {
                            ClassName = type.FullName,
                            Create = services => (Migration)ActivatorUtilities.CreateInstance(services, type),
                            ClassHasWayBack =
                                type.GetMethod(
                                    nameof(Migration.DownAsync),
                                    [typeof(MigrationContext), typeof(CancellationToken)]
                                )?.DeclaringType != typeof(Migration),
                            ClassIsBatched = type.IsSubclassOf(typeof(BatchedMigration)),
                            ClassKeepsRows = type.GetCustomAttribute<KeepsRowsAttribute>() is not null,
                            ClassContractsAfter = attribute?.ContractsAfter,
                            ClassForeignKeysOff = attribute?.ForeignKeysOff == true,
                            ClassChangesRows = (attribute?.ChangesRowsOf ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase),
                            Irreversible = type.GetCustomAttribute<IrreversibleAttribute>()?.Reason,
                        },
                    ]
                )
        );
    }

    internal (List<MigrationScript> Scripts, List<MigrationDefinition> Classes) Read(DatabaseDialect dialect, string contentRoot)
    {
        var scripts = new List<MigrationScript>();
        var classes = new List<MigrationDefinition>();
        foreach (var source in _sources)
        {
            var (more, types) = source(dialect, contentRoot);
            scripts.AddRange(more);
            classes.AddRange(types);
        }

        // A folder that is also embedded holds each script once; two that differ are a fault of the set.
        return ([.. scripts.DistinctBy(static script => (Path.GetFileName(script.File), Normal(script)))], classes);
    }

    /// <summary>
    /// Scripts in the content root's folder that are not, or not like this, in the assemblies that the scripts come from: they were written
    /// or changed after the build, and take no part.
    /// </summary>
    internal IReadOnlyList<string> NotBuilt(string contentRoot)
    {
        if (_known.Contains(Directories + Folder))
            return [];

        var built = _assemblies
            .SelectMany(assembly => ReadEmbedded(assembly, this))
            .ToLookup(static script => DialectFolders.KeyOf(script), static script => Normal(script), StringComparer.OrdinalIgnoreCase);
        return built.Count == 0
            ? []
            :
            [
                .. ReadDirectory(contentRoot, Folder, mayBeMissing: true, dialect: null)
                    .Where(script => !built[DialectFolders.KeyOf(script)].Contains(Normal(script)))
                    .Select(static script => script.File),
            ];
    }

    /// <summary>
    /// What lies in the folders, or is embedded under them, and is no migration: other files, and scripts of folders below. Code is
    /// compiled.
    /// </summary>
    internal IReadOnlyList<string> Ignored(string contentRoot)
    {
        var ignored = new List<string>();
        foreach (
            var folder in _known
                .Where(static known => known.StartsWith(Directories, StringComparison.Ordinal))
                .Select(static known => known[Directories.Length..])
                .Append(Folder)
                .Distinct(StringComparer.Ordinal)
        )
        {
            var path = Path.Combine(contentRoot, folder);
            if (!Directory.Exists(path))
                continue;

            ignored.AddRange(
                Directory
                    .EnumerateFiles(path)
                    .Where(static file => !IsScript(file) && !file.EndsWith(".cs", StringComparison.OrdinalIgnoreCase))
                    .Select(file => Path.GetRelativePath(contentRoot, file))
            );
            ignored.AddRange(
                Directory
                    .EnumerateDirectories(path)
                    .Where(below => !DialectFolders.IsOne(Path.GetFileName(below)) && !Elsewhere.Contains(Path.GetFileName(below)))
                    .SelectMany(static below => Directory.EnumerateFiles(below, "*", SearchOption.AllDirectories))
                    .Where(IsScript)
                    .Select(file => Path.GetRelativePath(contentRoot, file))
            );
        }

        ignored.AddRange(
            _assemblies
                .SelectMany(static assembly => assembly.GetManifestResourceNames())
                .Where(static name => !IsScript(name))
                .Select(FileInMigrations)
                .OfType<string>()
                .Select(OwnOf)
                .OfType<string>()
                .Select(file => $"{Home}/{file}")
        );
        ignored.Sort(StringComparer.Ordinal);
        return ignored;
    }

    private static bool IsScript(string file) => file.EndsWith(".sql", StringComparison.OrdinalIgnoreCase);

    private static string Normal(MigrationScript script) => script.Text.ReplaceLineEndings("\n").TrimEnd();

    /// <param name="contentRoot">The app's content root.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="mayBeMissing">Whether there need be none.</param>
    /// <param name="dialect">For which kind of database; <see langword="null"/> for all.</param>
    private static IEnumerable<MigrationScript> ReadDirectory(
        string contentRoot,
        string folder,
        bool mayBeMissing,
        DatabaseDialect? dialect
    )
    {
        var path = Path.Combine(contentRoot, folder);
        if (!Directory.Exists(path))
        {
            return mayBeMissing
                ? []
                : throw DeploymentException.Refused(
                    Diagnostics.Codes.RegistrationInvalid,
                    $"Migrations folder '{path}' does not exist. Create it, publish it with <Content Include=\"{folder}/*.sql\" "
                        + $"CopyToPublishDirectory=\"PreserveNewest\" />, or correct FromDirectory in AddMigrations."
                );
        }

        var scripts = Directory
            .EnumerateDirectories(path)
            .Where(static below => DialectFolders.IsOne(Path.GetFileName(below)))
            .Prepend(path)
            .SelectMany(static below => Directory.EnumerateFiles(below).Where(IsScript).Order(StringComparer.Ordinal))
            .Select(file => ScriptText.Read(Path.GetRelativePath(contentRoot, file), File.ReadAllBytes(file)));
        return dialect is null ? scripts : DialectFolders.For(dialect, [.. scripts]);
    }

    private string Home => Database is null ? "Migrations" : $"Migrations/{Database}";

    /// <summary>What stands behind the database's own folder in a resource's path; <see langword="null"/> when it is another's.</summary>
    private string? OwnOf(string file)
    {
        var end = file.AsSpan().IndexOfAny('/', '\\');
        var folder = end > 0 ? file[..end] : "";
        return Database is null
            ? (Elsewhere.Contains(folder) ? null : file)
            : (folder.Equals(Database, StringComparison.OrdinalIgnoreCase) ? file[(end + 1)..] : null);
    }

    private static IEnumerable<MigrationScript> ReadEmbedded(Assembly assembly, MigrationSources sources)
    {
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!IsScript(name) || FileInMigrations(name) is not { } path || sources.OwnOf(path) is not { } file)
                continue;

            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            yield return ScriptText.Read($"{sources.Home}/{DialectFolders.PathOf(file)}", bytes);
        }
    }

    /// <summary>What stands behind the folder in a resource's name: a file may have the word in its own name too.</summary>
    internal static string? FileInMigrations(string resource)
    {
        const string folder = "Migrations";
        for (
            var at = resource.LastIndexOf(folder, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = at == 0 ? -1 : resource.LastIndexOf(folder, at - 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            var end = at + folder.Length;
            if ((at == 0 || IsSeparator(resource[at - 1])) && end < resource.Length && IsSeparator(resource[end]))
                return resource[(end + 1)..];
        }

        return null;

        static bool IsSeparator(char c) => c is '.' or '/' or '\\';
    }
}
