namespace Deployment.Toolkit.KillApp;

/// <summary>An app whose releases lie in folders, where it has one for them. What is restarted serves what the link names at that moment.</summary>
internal static class ReleaseDirectory
{
    internal const string Root = "srv";
    internal const string Served = "served.txt";

    /// <summary>The files of every release; each holds its version.</summary>
    internal static readonly string[] Files = ["App", "lib/Part"];

    internal static void Use(DeploymentBuilder deployment) => deployment.UseReleaseDirectory(Root, static o =>
    {
        o.Keep = 1;
        o.Restart = ["/bin/sh", "-c", $"cat {Root}/current/App > .served && mv .served {Served}"];
    });
}
