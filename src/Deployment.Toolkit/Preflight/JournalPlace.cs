using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Preflight;

/// <summary>Says where a journal lies from which it may be lost without anybody's doing.</summary>
/// <param name="mountOf">Where what a path lies on is mounted, and as what kind of file system.</param>
/// <param name="temporary">Folders that are emptied by the system.</param>
internal sealed class JournalPlace(Func<string, (string Point, string Kind)?> mountOf, IReadOnlyList<string> temporary)
{
    private const string Development = "Development";

    internal static JournalPlace OfThisMachine { get; } =
        new(MountPoints.Under, [Path.TrimEndingDirectorySeparator(Path.GetTempPath()), "/tmp", "/var/tmp", "/dev/shm"]);

    internal IReadOnlyList<DeploymentMessage> Find(DeploymentPartsFactory factory, DeploymentEnvironment environment)
    {
        try
        {
            return Find(
                factory.StoreOf(environment),
                environment.Name,
                hasServer: !factory.Model.Journal.IsDatabase
                    && factory.Model.Databases.All.Any(static database => database.Dialect.IsServer)
            );
        }
        catch (DeploymentException)
        {
            // Where the database is can't be told, which is said elsewhere.
            return [];
        }
    }

    internal IReadOnlyList<DeploymentMessage> Find(JournalStore store, string environment, bool hasServer)
    {
        if (store.File is not { } file)
            return [];

        var found = new List<DeploymentMessage>();
        if (hasServer)
            found.Add(
                Warning(
                    $"The journal of '{environment}' lies on this machine's disk only, in '{file}', while the app's database is on a server: "
                        + "from another machine, or a new container, nothing is known of what was deployed. Put .ForJournal() behind the "
                        + "call that names the database, and move what there is with 'deploy journal import FILE'."
                )
            );
        // Where somebody develops, what is lost is made anew.
        if (!environment.Equals(Development, StringComparison.OrdinalIgnoreCase) && WhyPassing(Path.GetDirectoryName(file)!) is { } why)
            found.Add(
                Warning(
                    $"The journal of '{environment}' lies in '{Path.GetDirectoryName(file)}', {why}: what was deployed, and the way back, "
                        + "are forgotten with it. Name a folder on a volume with the setting Deployment:Directory, or keep the journal in the "
                        + "database with .ForJournal()."
                )
            );
        return found;
    }

    private string? WhyPassing(string folder)
    {
        if (mountOf(folder) is (var point, var kind))
        {
            if (kind == "overlay" && point == "/")
                return "in the container's own layer, which goes with the container";
            if (kind is "tmpfs" or "ramfs")
                return $"in memory ('{point}' is {kind}), which goes with the machine's next start";
        }

        return
            temporary.FirstOrDefault(above =>
                folder == above || folder.StartsWith(above + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            )
                is { } emptied
            ? $"below '{emptied}', which the system empties"
            : null;
    }

    private static DeploymentMessage Warning(string text) => new(Codes.JournalMayBeLost, text, MessageSeverity.Warning);
}
