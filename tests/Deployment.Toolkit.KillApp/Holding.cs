using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.KillApp;

internal static class Holding
{
    internal static async Task<JournalSession> TakeAsync(string folder)
    {
        var holder = new JournalHolder("somebody", "somewhere", Environment.ProcessId, TimeProvider.System.GetUtcNow());
        var paths = new JournalPaths(Path.Combine(folder, ".deployment"), "Production");
        return (await JournalSession.TryOpenAsync(new JournalFile(paths), "up", holder, static () => new string('0', 64), TimeProvider.System, CancellationToken.None))!;
    }
}
