using System.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Hosting;

/// <summary>Who this process is, for the lock's record.</summary>
internal static class ProcessIdentity
{
    private static readonly Lazy<JournalHolder> Lazy = new(static () =>
    {
        using var process = Process.GetCurrentProcess();
        return new JournalHolder(System.Environment.UserName, System.Environment.MachineName, process.Id, new DateTimeOffset(process.StartTime.ToUniversalTime()));
    });

    internal static JournalHolder Current => Lazy.Value;
}
