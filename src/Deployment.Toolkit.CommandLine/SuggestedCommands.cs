using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Deployment.Toolkit.CommandLine.Verbs;

namespace Deployment.Toolkit.CommandLine;

/// <summary>
/// The commands that messages suggest, which are to run as they are printed: what was meant is added, the environment in question and the
/// release that the command was given. Without them the next command would go to the host's default environment, or bring another release.
/// </summary>
internal static partial class SuggestedCommands
{
    private const string Environment = "--environment",
        Release = "--release";

    // In single quotes; a value with spaces stands in double ones. One that begins a message is its subject, and was run already.
    [GeneratedRegex("'deploy [^'\\n]*'", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted { get; }

    private static readonly string[] OfNoEnvironment = ["migrations add", "secrets scan", "secrets merge"];

    private static readonly string[] OfARelease = ["check", "plan", "up", "promote", "approve", "checklist tick"];

    internal static DeploymentMessage Complete(DeploymentMessage message, string? environment, string? release) =>
        environment is null || !message.Text.Contains("'deploy ", StringComparison.Ordinal)
            ? message
            : message with
            {
                Text = Quoted.Replace(
                    message.Text,
                    match => match.Index == 0 ? match.Value : $"'{Complete(match.Value[1..^1], environment, release)}'"
                ),
            };

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
            if (args[i] == Environment && !keepsEnvironment)
                i++;
            else if (keepsEnvironment || !args[i].StartsWith(Environment + "=", StringComparison.Ordinal))
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

    private static string Complete(string command, string environment, string? release)
    {
        var (verb, parse, fault) = Read(command);
        if (fault is not null || verb is null || OfNoEnvironment.AsSpan().Contains(verb.Path))
            return command;

        if (!Given(parse, Environment))
            command = InEnvironment(command, environment);
        return release is not null && OfARelease.AsSpan().Contains(verb.Path) && !Given(parse, Release)
            ? $"{command} {Release} {release}"
            : command;
    }

    // Behind a flag the host's own builder would take it for the flag's value, and a path that begins with a slash is a flag to it.
    internal static string InEnvironment(string command, string environment)
    {
        var at = command.Length;
        if (command[(command.LastIndexOf(' ') + 1)..] is ['-', '-', ..] or ['/', ..])
            at = FirstFlag().Match(command).Index;
        return command.Insert(at, $" {Environment} {environment}");
    }

    [GeneratedRegex(" (?:--|/)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FirstFlag();

    private static bool Given(ParseResult parse, string option)
    {
        for (var result = parse.CommandResult; result is not null; result = result.Parent as CommandResult)
        {
            foreach (var known in result.Command.Options)
            {
                if (known.Name == option && Verb.IsGiven(parse, known))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The release that a command was given; <see langword="null"/> when it took the binary's own.</summary>
    internal static string? ReleaseOf(ParseResult parse)
    {
        foreach (var option in parse.CommandResult.Command.Options)
        {
            if (option.Name == Release && option is Option<string> release && Verb.IsGiven(parse, release))
                return parse.GetValue(release);
        }

        return null;
    }
}
