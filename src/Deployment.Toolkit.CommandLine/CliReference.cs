using System.CommandLine;
using System.Reflection;
using System.Text;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.CommandLine.Verbs;

namespace Deployment.Toolkit.CommandLine;

/// <summary>Renders docs/cli.md from the command model, so that it cannot say anything else than the verbs do.</summary>
internal static class CliReference
{
    private static readonly (string Member, string Meaning)[] Shape =
    [
        ("verb", "the words behind `deploy`, for example `backup list`"),
        ("environment", "its declared name; `null` when none is meant or it is not known"),
        ("outcome", "`succeeded`, `nothingToDo`, `rolledBack`, `failed`, `refused`, `needsAttention` or `cancelled`"),
        ("exitCode", "the process's exit code"),
        (
            "messages[]",
            "`code`, `severity` (`information`, `warning`, `error`), `text`, and where they apply `key`, `file`, `line`, `column`"
        ),
    ];

    internal static string Render()
    {
        var model = new CommandModel(null);
        var page = new StringBuilder();
        Line(page, "# The verbs");
        Line(page);
        Line(
            page,
            "<!-- Generated from the command model by CliReference.Render(). Run the tests with DTK_APPROVE=1 to write it anew. -->"
        );
        Line(page);
        Line(
            page,
            "`app deploy VERB`, where `app` is your app's own binary (or `dotnet run --`). Anything that does not begin with `deploy` "
                + "runs the app."
        );
        Line(page);
        Line(
            page,
            "Standard output holds the result alone. Progress, the app's logs and whatever else the app writes go to standard error: "
                + "colours and a moving line on a terminal, one plain line an event elsewhere. `NO_COLOR` is honoured."
        );
        Line(
            page,
            "What a terminal would obey in a text from outside, such as an escape sequence in a value or a name, is shown as an escape "
                + "(`\\u001b`). JSON is escaped as JSON."
        );
        Line(page);
        Line(page, "## Options of every verb");
        Line(page);
        Options(page, model.Root);
        Line(page, "The host is built for the environment that `--environment` names, wherever it stands behind `deploy`.");
        Line(page, "A verb that changes a protected environment wants it named.");
        Line(page);
        foreach (var child in model.Root.Subcommands)
            Verb(page, child, "deploy ");
        Line(page, "## Exit codes");
        Line(page);
        Table(page, "code", "meaning", HelpText.ExitCodes.Select(static row => (row[0], row[1])));
        Line(page, "`status` answers 0 also when a run is unfinished, and 2 when a journal cannot be trusted.");
        Line(page);
        Line(page, "## JSON");
        Line(page);
        Line(
            page,
            "`--output json` writes one object a verb. Members keep their names and order within a major version; what does not apply "
                + "is left out."
        );
        Line(
            page,
            "A release is `{ \"version\": \"1.4.0\", \"commit\": \"9fceb02\" }`, a time is UTC in ISO 8601, a duration is in seconds."
        );
        Line(page);
        Table(page, "member", "holds", Shape.Concat(Sections()).Select(static row => ($"`{row.Member}`", row.Meaning)));
        return page.ToString().TrimEnd('\n') + "\n";
    }

    // Each kind that a row names; those that no attribute tells of are not documented.
    private static IEnumerable<(string Member, string Meaning)> Sections()
    {
        var shapes = typeof(ReportSection)
            .Assembly.GetTypes()
            .Select(static type => type.GetCustomAttribute<JsonShapeAttribute>())
            .OfType<JsonShapeAttribute>()
            .ToDictionary(static shape => shape.Member.Replace("[]", "", StringComparison.Ordinal), StringComparer.Ordinal);
        return VerbCatalog
            .Paths.SelectMany(static path => VerbCatalog.Create(path).Reports, static (path, key) => (Verb: $"`{path}`", Key: key))
            .GroupBy(static row => row.Key, static row => row.Verb, StringComparer.Ordinal)
            .Where(kind => shapes.ContainsKey(kind.Key))
            .Select(kind => (Shape: shapes[kind.Key], Verbs: string.Join(", ", kind)))
            .OrderBy(static kind => kind.Shape.Place)
            .Select(static kind =>
                (kind.Shape.Member, kind.Shape.Holds.Replace(JsonShapeAttribute.Verbs, kind.Verbs, StringComparison.Ordinal))
            );
    }

    private static void Verb(StringBuilder page, Command command, string prefix)
    {
        if (command is not VerbCommand { Verb: var verb })
        {
            foreach (var child in command.Subcommands)
                Verb(page, child, prefix + command.Name + " ");
            return;
        }

        Line(page, $"## {prefix}{command.Name}{HelpText.Arguments(command)}");
        Line(page);
        Line(page, verb.Description);
        Line(page);
        Options(page, command);
        Line(page, "```sh");
        foreach (var example in verb.Examples)
            Line(page, example);
        Line(page, "```");
        Line(page);
        foreach (var child in command.Subcommands)
            Verb(page, child, prefix + command.Name + " ");
    }

    private static void Options(StringBuilder page, Command command)
    {
        List<(string, string)> rows = [];
        foreach (var argument in command.Arguments)
            rows.Add(($"`{argument.Name}`", argument.Description ?? ""));
        foreach (var option in command.Options)
            rows.Add(($"`{HelpText.Syntax(option)}`{(option.Required ? ", required" : "")}", option.Description ?? ""));
        if (rows.Count > 0)
            Table(page, "option", "meaning", rows);
    }

    private static void Table(StringBuilder page, string left, string right, IEnumerable<(string Left, string Right)> rows)
    {
        Line(page, $"| {left} | {right} |");
        Line(page, "|---|---|");
        foreach (var row in rows)
            Line(
                page,
                $"| {row.Left.Replace("|", "\\|", StringComparison.Ordinal)} | {row.Right.Replace("|", "\\|", StringComparison.Ordinal)} |"
            );
        Line(page);
    }

    private static void Line(StringBuilder page, string text = "") => page.Append(text).Append('\n');
}
