using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>
/// The commands that messages name, which are to run as they are printed: what was meant is added, the environment in question and the
/// release that the command was given. Without them the next command would go to the host's default environment, or bring another release.
/// </summary>
internal static partial class NamedCommands
{
    internal const string Environment = "--environment",
        Release = "--release";

    // In single quotes; a value with spaces stands in double ones. One that begins a message is its subject, and was run already.
    [GeneratedRegex("'deploy [^'\\n]*'", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted { get; }

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Value { get; }

    [GeneratedRegex(" (?:--|/)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FirstFlag { get; }

    private static readonly string[] OfNoEnvironment = ["migrations add", "secrets scan", "secrets merge"];

    private static readonly string[] OfARelease = ["check", "plan", "up", "promote", "approve", "checklist tick"];

    internal static DeploymentMessage Complete(
        DeploymentMessage message,
        string? environment,
        string? release = null,
        Predicate<string>? isCommand = null
    ) => message with { Text = Complete(message.Text, environment, release, isCommand) };

    /// <summary>Adds to the commands in a text what was meant.</summary>
    /// <param name="text">The text.</param>
    /// <param name="environment">The environment in question; <see langword="null"/> where there is none, and nothing is added.</param>
    /// <param name="release">The release, where it is not the binary's own.</param>
    /// <param name="isCommand">Tells commands from what only looks like one.</param>
    internal static string Complete(string text, string? environment, string? release = null, Predicate<string>? isCommand = null) =>
        environment is null || !text.Contains("'deploy ", StringComparison.Ordinal)
            ? text
            : Quoted.Replace(
                text,
                match =>
                    match.Value[1..^1] is var command && match.Index > 0 && isCommand?.Invoke(command) != false
                        ? $"'{Completed(command, environment, release)}'"
                        : match.Value
            );

    // Behind a flag the host's own builder would take it for the flag's value, and a path that begins with a slash is a flag to it.
    internal static string InEnvironment(string command, string environment)
    {
        var at = command.Length;
        if (command[(command.LastIndexOf(' ') + 1)..] is ['-', '-', ..] or ['/', ..])
            at = FirstFlag.Match(command).Index;
        return command.Insert(at, $" {Environment} {environment}");
    }

    private static string Completed(string command, string environment, string? release)
    {
        if (IsOf(OfNoEnvironment, command))
            return command;

        if (!IsGiven(command, Environment))
            command = InEnvironment(command, environment);
        return release is not null && IsOf(OfARelease, command) && !IsGiven(command, Release) ? $"{command} {Release} {release}" : command;
    }

    private static bool IsOf(string[] verbs, string command) =>
        Array.Exists(verbs, verb => $"{command} ".StartsWith($"deploy {verb} ", StringComparison.Ordinal));

    private static bool IsGiven(string command, string option) =>
        Array.Exists(Value.Replace(command, "").Split(' '), word => word.Split('=', ':')[0] == option);
}
