using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Folders among the migrations that are named like a kind of database: a script in one is for that kind alone, and takes the place of the
/// one of the same name beside the folder.
/// </summary>
internal static class DialectFolders
{
    // Whatever is built in: an app may run on one of them only, and keep the scripts of the others.
    private static readonly string[] Names = [.. KnownDialects.Folders.Union(["mysql"], StringComparer.Ordinal)];

    /// <summary>Whether a folder is one. In lower case alone: so the build looks for them, also where file names have no case.</summary>
    internal static bool IsOne(string folder) => Names.Contains(folder, StringComparer.Ordinal);

    /// <summary>The scripts for one kind of database.</summary>
    internal static IReadOnlyList<MigrationScript> For(DatabaseDialect dialect, IReadOnlyList<MigrationScript> scripts)
    {
        var own = scripts
            .Where(script => dialect.Folder == Of(script))
            .ToLookup(static script => Path.GetFileName(script.File), StringComparer.OrdinalIgnoreCase);
        return own.Count == 0
            ? [.. scripts.Where(static script => Of(script) is null)]
            :
            [
                .. scripts
                    .Where(script => Of(script) is null && !own.Contains(Path.GetFileName(script.File)))
                    .Concat(own.SelectMany(static same => same))
                    .OrderBy(static script => Path.GetFileName(script.File), StringComparer.Ordinal),
            ];
    }

    /// <summary>What tells a script from others of the same name.</summary>
    internal static string KeyOf(MigrationScript script) => $"{Of(script)}/{Path.GetFileName(script.File)}";

    /// <summary>The path of a resource below its folder: it is named with a dot where the file has a separator.</summary>
    internal static string PathOf(string resource) =>
        resource.IndexOfAny(['.', '/', '\\']) is > 0 and var end && IsOne(resource[..end])
            ? $"{resource[..end]}/{resource[(end + 1)..]}"
            : resource;

    private static string? Of(MigrationScript script) =>
        Path.GetFileName(Path.GetDirectoryName(script.File)) is { Length: > 0 } folder && IsOne(folder) ? folder : null;
}
