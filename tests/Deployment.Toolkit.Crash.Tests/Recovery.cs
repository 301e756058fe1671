namespace Deployment.Toolkit.Crash.Tests;

/// <summary>What may come of a recovery, whatever it recovers.</summary>
internal static class Recovery
{
    internal static readonly string[] Verbs = ["resume", "abort"];

    /// <summary>What is verified, a rollback or restore that has begun, and the end of an old secret can only be finished: the refusal says so and names resume.</summary>
    internal static bool MustBeResumed(string verb, KillAppResult result) =>
        verb == "abort" && result.Outcome is "Refused" or "NeedsAttention" && result.Output.Contains("deploy resume", StringComparison.Ordinal);

    internal static void AssertOver(KillAppResult result, string how)
    {
        var isOver = result.Outcome is "Succeeded" or "RolledBack" or "Failed" || (result.Outcome == "Refused" && result.Output.Contains("no unfinished run", StringComparison.Ordinal));
        Assert.True(isOver, $"{how}: {result.Output}");
    }
}
