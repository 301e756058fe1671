using Deployment.Toolkit.Crash.Tests;

[assembly: AssemblyFixture(typeof(Ran))]

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Counts what ran, and says at the end what the full run adds to it.</summary>
public sealed class Ran : IDisposable
{
    private static int s_moments, s_folders, s_recoveries, s_kills;

    internal static void Add(int moments, int folders, int recoveries)
    {
        Interlocked.Add(ref s_moments, moments);
        Interlocked.Add(ref s_folders, folders);
        Interlocked.Add(ref s_recoveries, recoveries);
    }

    internal static void AddKill() => Interlocked.Increment(ref s_kills);

    public void Dispose() => TestContext.Current.SendDiagnosticMessage(
        $"Crash tests: {s_moments} moments left {s_folders} folders, from which {s_recoveries} recoveries ran in the tests' process; {s_kills} processes were killed with SIGKILL. "
        + (FullRun.IsAll ? "This was all that there is."
            : FullRun.IsOn ? $"This was the full run; {FullRun.Variable}=all also lets processes recover what each kill left, {2 * s_moments} times or more, and kills them while they do."
            : $"The full run ({FullRun.Variable}=1) recovers from every one of these moments, and kills processes in every scenario, on servers, at random times and on full disks."));
}
