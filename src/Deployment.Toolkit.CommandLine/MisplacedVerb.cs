using Deployment.Toolkit.CommandLine.Verbs;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine;

/// <summary>A verb that is not where verbs are looked for: the app would be started in its place.</summary>
internal static class MisplacedVerb
{
    private const string Deploy = "deploy";

    /// <returns>What to do; <see langword="null"/> for arguments that are the app's own.</returns>
    internal static DeploymentMessage? Find(string[] args)
    {
        for (var i = 0; i + 1 < args.Length; i++)
        {
            // Behind an option's name it is that option's value.
            if (
                args[i].Equals(Deploy, StringComparison.OrdinalIgnoreCase)
                && (i == 0 || !args[i - 1].StartsWith('-') || args[i - 1].Contains('=', StringComparison.Ordinal))
                && VerbCatalog.Has(args[i + 1])
            )
                return new DeploymentMessage(
                    Codes.CommandLineInvalid,
                    $"'{args[i]} {args[i + 1]}' is no verb {(i == 0 ? "with a capital letter" : "behind other arguments")}: the app would be started "
                        + $"instead. Run '{SuggestedCommands.AsTyped([.. args[(i + 1)..], .. args[..i]], args[i + 1], keepsEnvironment: true)}'."
                );
        }

        return null;
    }
}
