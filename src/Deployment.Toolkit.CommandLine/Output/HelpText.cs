using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Deployment.Toolkit.CommandLine.Verbs;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The help of the whole, of a group and of a verb, from the command model.</summary>
internal static class HelpText
{
    internal static readonly string[][] ExitCodes =
    [
        ["0", "done, or nothing to do"],
        ["1", "failed with nothing changed, or rolled back"],
        ["2", "refused: bad input or policy; nothing was begun"],
        ["3", "needs attention: stopped half way; the messages say what to look at and which command comes next"],
        ["130", "cancelled by Ctrl+C or SIGTERM; an unfinished run can be resumed or aborted"],
    ];

    internal static string Render(CommandResult result)
    {
        var page = new Page(new Terminal(TextWriter.Null, TextWriter.Null));
        var command = result.Command;
        var path = CommandLineFault.PathOf(result);
        page.Line(command.Description ?? "");
        page.Title("Usage");
        page.Line(
            $"  {path}{Arguments(command)}{(command.Subcommands.Count == 0 ? "" : command is VerbCommand ? " [VERB]" : " VERB")}{Required(command)} [options]"
        );
        if (command.Subcommands.Count > 0)
        {
            page.Title("Verbs");
            var verbs = new List<Shown[]>();
            foreach (var child in command.Subcommands)
                verbs.Add([child.Name, child.Description ?? ""]);
            page.Rows(verbs);
        }

        page.Title("Options");
        var options = new List<Shown[]>();
        for (var at = result; at is not null; at = at.Parent as CommandResult)
        {
            foreach (var option in at.Command.Options)
                options.Add([Syntax(option), option.Description ?? ""]);
        }

        page.Rows(options);
        if (command is VerbCommand { Verb: var verb })
        {
            page.Title("Examples");
            foreach (var example in verb.Examples)
                page.Line($"  {example}");
        }
        else
        {
            page.Title("Exit codes");
            page.Rows([.. ExitCodes.Select(static row => (Shown[])[row[0], row[1]])]);
            page.Line();
            page.Line($"'{path} VERB --help' shows a verb's options and examples.");
        }

        return page.ToString();
    }

    internal static string Syntax(Option option) => option.HelpName is { } value ? $"{option.Name} {value}" : option.Name;

    internal static string Arguments(Command command)
    {
        var text = "";
        foreach (var argument in command.Arguments)
            text += string.Create(CultureInfo.InvariantCulture, $" {argument.Name}");
        return text;
    }

    internal static string Required(Command command)
    {
        var text = "";
        foreach (var option in command.Options)
        {
            if (option.Required)
                text += " " + Syntax(option);
        }

        return text;
    }
}
