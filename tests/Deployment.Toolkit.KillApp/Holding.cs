using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.KillApp;

internal static class Holding
{
    internal static JournalSession Take(string folder)
    {
        var holder = new JournalHolder("somebody", "somewhere", Environment.ProcessId, TimeProvider.System.GetUtcNow());
        var paths = new JournalPaths(Path.Combine(folder, ".deployment"), "Production");
        return JournalSession.TryOpen(paths, "up", holder, static () => new string('0', 64), TimeProvider.System)!;
    }
}
