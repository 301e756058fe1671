using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.KillApp;

/// <summary>Two environments with a promotion between them, where the folder says so: what may be skipped on the way, on whose word, and by which key.</summary>
internal static class Promotions
{
    internal const string File = "promotion.txt";
    internal const string Hotfix = "hotfix";
    internal const string Glass = "glass";
    internal const string KeyFile = "glass.key";
    internal const string Approver = "ben";

    internal static bool AreIn(string folder) => Says(folder) is not null;

    internal static void Declare(EnvironmentsBuilder environments, string folder)
    {
        if (Says(folder) is not { } says)
        {
            environments.Add("Production");
            return;
        }

        environments.Add("Staging").Add("Production", production =>
        {
            production.PromotedFrom("Staging").AllowHotfix();
            if (!says.Contains(Glass, StringComparison.Ordinal)) return;

            using var key = Key(folder);
            production.GlassKey(key.PublicKey!);
        });
    }

    /// <summary>Who acts: an approval counts when it isn't by who promotes.</summary>
    internal static void Register(IServiceCollection services, string folder, string verb)
    {
        if (Says(folder) is not { } says) return;

        services.AddSingleton(new JournalHolder(verb == "approve" ? Approver : "carol", "build-7", System.Environment.ProcessId, DateTimeOffset.UnixEpoch));
        if (says.Contains(Glass, StringComparison.Ordinal)) services.AddKeyedSingleton(GlassGate.Title, (_, _) => Key(folder));
    }

    internal static PromoteRequest Request(string folder, VerbRequest request)
    {
        var says = Says(folder) ?? "";
        var (isHotfix, isGlass) = (says.Contains(Hotfix, StringComparison.Ordinal), says.Contains(Glass, StringComparison.Ordinal));
        return ((PromoteRequest)request) with { IsHotfix = isHotfix, IsBreakGlass = isGlass, Reason = isHotfix || isGlass ? "orders are lost" : null, ApprovedBy = isHotfix && !isGlass ? [Approver] : [] };
    }

    private static SealedKey Key(string folder) => SealedKey.Parse(new Secret(System.IO.File.ReadAllText(Path.Combine(folder, KeyFile))));

    private static string? Says(string folder) => Path.Combine(folder, File) is var file && System.IO.File.Exists(file) ? System.IO.File.ReadAllText(file) : null;
}
