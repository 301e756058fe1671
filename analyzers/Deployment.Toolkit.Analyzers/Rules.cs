namespace Deployment.Toolkit.Analyzers;

/// <summary>What all rules share: category, help link, and the property that tells a fix what to write.</summary>
internal static partial class Rules
{
    public const string Environments = "Deployment.Environments";

    /// <summary>Key of the diagnostic property that holds the suggested spelling.</summary>
    public const string Suggestion = "Suggestion";

    private const string Documentation = "https://github.com/deployment-toolkit/deployment-toolkit/blob/main/analyzers/docs/";

    public static string HelpLink(string id) => Documentation + id + ".md";
}
