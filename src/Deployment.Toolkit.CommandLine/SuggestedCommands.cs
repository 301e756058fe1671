using System.CommandLine;
using System.CommandLine.Parsing;
using Deployment.Toolkit.CommandLine.Verbs;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine;

/// <summary>The commands that messages suggest, as the command line reads them.</summary>
internal static class SuggestedCommands
{
    /// <summary>Adds what was meant to the commands of a message; what is none that runs stays as it is.</summary>
    internal static DeploymentMessage Complete(DeploymentMessage message, string? environment, string? release) =>
        NamedCommands.Complete(message, environment, release, static command => Read(command) is { Verb: not null, Fault: null });

    /// <summary>A command as it was typed; the verb alone where it can't be printed in quotes.</summary>
    /// <param name="args">What was typed behind <c>deploy</c>.</param>
    /// <param name="path">The verb.</param>
    /// <param name="keepsEnvironment">Whether the environment that was typed stays.</param>
    internal static string AsTyped(string[] args, string path, bool keepsEnvironment = false)
    {
        var words = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].AsSpan().IndexOfAny("'\"\\\n\r") >= 0)
                return $"deploy {path}";
            if (args[i] == NamedCommands.Environment && !keepsEnvironment)
                i++;
            else if (keepsEnvironment || !args[i].StartsWith(NamedCommands.Environment + "=", StringComparison.Ordinal))
                words.Add(args[i].Length == 0 || args[i].Contains(' ', StringComparison.Ordinal) ? $"\"{args[i]}\"" : args[i]);
        }

        return $"deploy {string.Join(' ', words)}";
    }

    /// <summary>Reads a command, and says what is wrong with it.</summary>
    internal static (Verb? Verb, ParseResult Parse, string? Fault) Read(string command)
    {
        string[] args = [.. CommandLineParser.SplitCommandLine(command).Skip(1)];
        var model = new CommandModel(args is [var first, ..] ? first : null);
        var parse = model.Parse(args);
        return (
            (parse.CommandResult.Command as VerbCommand)?.Verb,
            parse,
            parse.UnmatchedTokens.Count == 0 && Verb.IsGiven(parse, model.Help) ? null : CommandLineFault.Find(parse, model)
        );
    }

    /// <summary>The release that a command was given; <see langword="null"/> when it took the binary's own.</summary>
    internal static string? ReleaseOf(ParseResult parse)
    {
        foreach (var option in parse.CommandResult.Command.Options)
        {
            if (option.Name == NamedCommands.Release && option is Option<string> release && Verb.IsGiven(parse, release))
                return parse.GetValue(release);
        }

        return null;
    }
}
