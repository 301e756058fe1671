namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>What a rule found wrong, each with its place, said with what mends it.</summary>
internal static class Findings
{
    internal static void None(IEnumerable<string> found, string mend)
    {
        var all = found.Distinct(StringComparer.Ordinal).ToList();
        if (all.Count > 0) Assert.Fail($"{mend}\n{string.Join('\n', all)}");
    }
}
