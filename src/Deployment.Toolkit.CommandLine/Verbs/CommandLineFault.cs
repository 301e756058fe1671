using System.CommandLine;
using System.CommandLine.Parsing;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>Says in one message what is wrong with the arguments, and what was probably meant.</summary>
internal static class CommandLineFault
{
    private static readonly string[] Outputs = ["text", "json"];

    /// <summary>The fault, or <see langword="null"/> when there is none.</summary>
    internal static string? Find(ParseResult parse, CommandModel model)
    {
        var command = parse.CommandResult.Command;
        var path = PathOf(parse.CommandResult);
        if (parse.UnmatchedTokens is [var token, ..])
            return Unmatched(token, command, path, parse);
        if (Find(parse.RootCommandResult, path) is { } fault)
            return fault;
        if (parse.GetResult(model.Output)?.Tokens is [{ Value: var output }] && !Outputs.AsSpan().Contains(output))
            return $"Option '--output' is '{output}'; it takes text or json.{Suggestion.Sentence(output, Outputs)}";
        if (command is not VerbCommand && parse.Tokens.Count > 0)
            return $"'{path}' wants a verb behind it: {string.Join(", ", Names(command))}. '{path} --help' tells what each does.";

        return parse.Errors is [var error, ..] ? error.Message : null;
    }

    internal static string PathOf(CommandResult result)
    {
        var path = result.Command.Name;
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
            path = parent.Command.Name + " " + path;
        return path;
    }

    private static string? Find(CommandResult result, string path)
    {
        foreach (var child in result.Children)
        {
            var fault = child switch
            {
                OptionResult { Implicit: false } option when option.Tokens.Count < option.Option.Arity.MinimumNumberOfValues =>
                    $"Option '{option.Option.Name}' wants a value: {option.Option.Name} {option.Option.HelpName}.",
                OptionResult { Implicit: false } option
                    when option.Option.Arity.MaximumNumberOfValues == 1 && option.IdentifierTokenCount > 1 =>
                    $"Option '{option.Option.Name}' is given {option.IdentifierTokenCount} times; give it once.",
                ArgumentResult { Tokens.Count: 0, Parent: CommandResult } argument when argument.Argument.Arity.MinimumNumberOfValues > 0 =>
                    $"'{path}' wants {argument.Argument.Name}. {argument.Argument.Description}",
                CommandResult command => Find(command, path),
                _ => null,
            };
            if (fault is not null)
                return fault;
        }

        foreach (var option in result.Command.Options)
        {
            if (option.Required && result.GetResult(option) is not { Implicit: false })
                return $"'{path}' wants {option.Name} {option.HelpName}. {option.Description}";
        }

        return null;
    }

    private static string Unmatched(string token, Command command, string path, ParseResult parse)
    {
        // What stands there in vain is most likely the value: it is not repeated.
        if (path.StartsWith("deploy secrets ", StringComparison.Ordinal) && command.Subcommands.Count == 0 && !token.StartsWith('-'))
            return $"'{path}' was given more than it takes. A value is never given on the command line, where other processes and the "
                + $"shell's history see it: pipe it in, or type it at the prompt. '{path} --help' shows what it takes.";

        if (token.StartsWith('-'))
        {
            var name = token.Split('=', ':')[0];
            return $"'{path}' has no option '{name}'.{Suggestion.Sentence(name, Options(parse.CommandResult))} '{path} --help' lists "
                + $"those that it has.";
        }

        return command.Subcommands.Count > 0
            ? $"'{path}' has no verb '{token}'.{Suggestion.Sentence(token, Names(command))} '{path} --help' lists those that it has."
            : $"'{path}' does not take '{token}'. '{path} --help' shows what it takes; a value with spaces stands in quotes.";
    }

    private static List<string> Names(Command command)
    {
        var names = new List<string>();
        foreach (var child in command.Subcommands)
            names.Add(child.Name);
        return names;
    }

    private static List<string> Options(CommandResult result)
    {
        var names = new List<string>();
        for (var command = result; command is not null; command = command.Parent as CommandResult)
        {
            foreach (var option in command.Command.Options)
                names.Add(option.Name);
        }

        return names;
    }
}
