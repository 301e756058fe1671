using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Planning;

/// <summary>Hashes of plans and of what steps depend on.</summary>
internal static class PlanHash
{
    internal static DeploymentPlan Seal(DeploymentPlan plan)
    {
        var bare = plan with { Hash = "" };
        return plan with { Hash = Hex(JsonSerializer.SerializeToUtf8Bytes(bare, JournalJson.Default.DeploymentPlan)) };
    }

    /// <summary>
    /// Keyed as fingerprints are: a command's arguments may hold what somebody finds by trying. Empty while the journal has no key. Lengths
    /// stand before the texts, so that no two inputs run into one another.
    /// </summary>
    internal static string OfInputs(StepDescription description, string? secret)
    {
        if (secret is null)
            return "";

        var text = new StringBuilder().Append(description.Effect.Length).Append(':').Append(description.Effect);
        foreach (var (key, value) in description.Inputs.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            text.Append(key.Length).Append(':').Append(key).Append(value.Length).Append(':').Append(value);
        return Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString(secret), Encoding.UTF8.GetBytes("inputs:" + text)));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
