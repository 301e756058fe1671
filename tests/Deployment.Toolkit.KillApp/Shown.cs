namespace Deployment.Toolkit.KillApp;

/// <summary>What the app shows of its configuration when it is asked; only where the folder has a file with the two of them.</summary>
internal sealed class Shown
{
    internal const string File = "shown.txt";

    public required string Title { get; set; }

    public required Deployment.Toolkit.Secret Key { get; set; }
}
