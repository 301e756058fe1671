using Deployment.Toolkit.KillApp;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Runs the kill app in this process: a host of its own over a folder, real files, real SQLite, and none of a process's start to pay for.</summary>
internal static class ThisProcess
{
    // What a user's own folder remembers must not be this user's.
    static ThisProcess() => Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", KillApp.ConfigHome);

    internal static async Task<KillAppResult> RunAsync(string folder, string verb, string release, params string[] options)
    {
        var to = Array.IndexOf(options, "--to") is >= 0 and var at ? options[at + 1] : null;
        var request = new VerbRequest { Release = release, To = to, LockTimeout = TimeSpan.FromSeconds(20), AcceptDataLoss = options.Contains("--accept", StringComparer.Ordinal) };
        var result = await App.RunAsync(folder, verb, request);
        return new KillAppResult(result.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo ? 0 : 1, string.Join('\n', [result.Outcome.ToString(), .. result.Messages]));
    }

    /// <summary>Runs it and keeps what lies on disk at each moment.</summary>
    /// <param name="folder">What is deployed.</param>
    /// <param name="snapshots">Where that is kept.</param>
    /// <param name="isKnown">Given a state's digest, whether it need not be kept; without it all are.</param>
    /// <param name="verb">What is done.</param>
    /// <param name="options">And how.</param>
    internal static async Task<(KillAppResult Result, Snapshots Snapshots)> WatchAsync(
        CrashFolder folder, CrashFolder snapshots, Func<string, bool>? isKnown, string verb, params string[] options)
    {
        var kept = new Snapshots(folder, snapshots, isKnown);
        return (await RunAsync(folder.Path, verb, "2.0.0", options), kept);
    }
}
