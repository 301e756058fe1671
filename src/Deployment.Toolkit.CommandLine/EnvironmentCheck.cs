using System.CommandLine;
using Deployment.Toolkit.CommandLine.Verbs;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit.CommandLine;

/// <summary>
/// Refuses a verb whose <c>--environment</c> is not the one that its host was built for, or that is protected and was not named.
/// </summary>
internal static class EnvironmentCheck
{
    internal static DeploymentMessage? Find(
        EnvironmentGraph graph,
        string host,
        string? named,
        EnvironmentUse use,
        Verb verb,
        ParseResult parse,
        string[] args,
        bool hasOwnJournal
    )
    {
        if (named is not null && graph.Find(named) is null)
            return graph.Unknown(named);
        // A journal in a database is found by the configuration of its environment.
        if (use == EnvironmentUse.JournalOnly && !hasOwnJournal)
            return null;

        if (named is not null && !string.Equals(named, host, StringComparison.OrdinalIgnoreCase))
            return new DeploymentMessage(
                Codes.EnvironmentMismatch,
                verb.EnvironmentOf(parse) is null
                    ? $"The host was built for '{host}' while --environment says '{named}'. {Mend(args, verb.Path, named)}"
                    : $"The host was built for '{host}' while the release is to enter '{named}'. Run '{In(named)}'."
            );

        if (use == EnvironmentUse.Change && named is null && graph.Find(host) is { IsProtected: true } environment)
        {
            return new DeploymentMessage(
                Codes.EnvironmentNotNamed,
                $"Environment '{environment.Name}' is protected, so a verb that changes it wants it named. Run '{In(environment.Name)}'."
            );
        }

        return null;

        string In(string environment) => NamedCommands.InEnvironment(SuggestedCommands.AsTyped(args, verb.Path), environment);
    }

    // .NET's own reading of the arguments knows no flags: what stands behind one is its value to it, also '--environment'. A path that
    // begins with a slash is a flag to it.
    private static string Mend(string[] args, string verb, string named)
    {
        for (var i = 1; i < args.Length; i++)
        {
            if (
                !args[i].StartsWith("--environment", StringComparison.Ordinal)
                || !(args[i - 1].StartsWith("--", StringComparison.Ordinal) || args[i - 1].StartsWith('/'))
                || args[i - 1].Contains('=', StringComparison.Ordinal)
            )
                continue;
            return $"The builder took '{args[i]}' for the value of '{args[i - 1]}'. Put --environment in front: "
                + $"'{NamedCommands.InEnvironment(SuggestedCommands.AsTyped(args, verb), named)}'.";
        }

        return "Pass args to CreateBuilder(args).";
    }
}
