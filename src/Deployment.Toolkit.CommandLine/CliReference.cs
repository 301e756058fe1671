using System.CommandLine;
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
        (
            "plan",
            "`plan`, `up`, `resume`, `abort`, `rollback`, `backup restore`, `secrets renew`, `secrets retire`: `kind` (`up`, "
                + "`rollback`, `restore`, `renew`, `retire`), `release`, `previousRelease`, `hash`, "
                + "`steps[]` (`name`, `effect`, `wayBack`, `irreversible`, `changesNothing`, `isRequired`, `timeoutSeconds`, `retries`), "
                + "`migrations[]` (`version`, `name`, `hasWayBack`, `irreversible`), `gates[]` (`name`, `outcome`, `reason`, `code`), "
                + "`configuration` (`hash`, `added[]`, `changed[]`, `removed[]`: keys, never values), `risks[]`, `secret` (the name of "
                + "what is renewed or retired)"
        ),
        (
            "run",
            "once a run exists: `id`, `kind`, `release`, `previousRelease`, `state` (`unfinished`, `succeeded`, `rolledBack`, `failed`, "
                + "`needsAttention`), "
                + "`startedBy`, `startedAt`, `lastRecordAt`, `planHash`, `steps[]` (`name`, `state`, `attempts`, `durationSeconds`, "
                + "`error`), `messages[]`, `isUnderWay` (`true` while a living process works on it)"
        ),
        (
            "environments[]",
            "`status`: `name`, `release`, `verifiedAt`, `promotedFrom`, `isProtected`, `openRun`, `lastRun` (each like `run`), "
                + "`holds[]` (`release`, `reason`, `since`), `secrets[]` (what is due: `name`, `duty`: `renew`, `retire`, `replace`; "
                + "`at`, `text`), `fault` (a message), `lockedBy` (who holds the lock now, and for which verb)"
        ),
        ("runs[]", "`history`, newest first: each like `run`"),
        ("checks[]", "`health`: `name`, `status` (`healthy`, `degraded`, `unhealthy`), `description`, `durationSeconds`"),
        ("migrations[]", "`migrations list`: `version`, `name`, `isApplied`, `hasWayBack`, `isKnown`"),
        ("files[]", "`migrations add`, `config init`: the paths that were written"),
        (
            "values[]",
            "`config show`, `config explain`: `key`, `value` or `redacted: true`, `source`, `file`, `line`, `column`, `shadows[]` (what "
                + "weaker sources say, the strongest first: `value` or `redacted: true`, `source`, `file`, `line`, `column`)"
        ),
        (
            "difference",
            "`config diff`, `config drift`: `from`, `to`, `changes[]` (`key`, `change`: `added`, `removed`, `changed`, or `unknown` for "
                + "secrets of different journals; `from` and `to`, or `redacted: true`)"
        ),
        (
            "parity[]",
            "`config parity`: `key`, `isDeclared`, `differs`, `isFine`, `environments[]` (`name`, `state`: `missing`, `inherited`, "
                + "`setHere`; `sameSecretAs`: the protected environment with the very same secret)"
        ),
        ("document", "`config docs`: the page, in Markdown"),
        ("layers[]", "`config explain`: the names of all sources, the strongest first"),
        (
            "backups[]",
            "`backup list`, `backup create`: `name`, `file`, `takenAt`, `durationSeconds`, `size` in bytes, `sha256`, `release`, `schema[]`"
        ),
        (
            "retention[]",
            "`backup prune`, newest first: `name`, `file`, `takenAt`, `size` in bytes, `release`, `isRemoved` (with `--dry-run`: "
                + "whether it would be), `reason`"
        ),
        (
            "secrets[]",
            "`secrets list`: `name`, `version`, `state` (`current`, `previous`, `proposed`), `notBefore`, `expiresAt`, `proposal` (what "
                + "to accept it by), `proposer` (the name that was given, and whose signature says so), `proposedAt`"
        ),
        (
            "recipients[]",
            "`secrets recipients list`, `secrets proposers list`, `secrets key`: `name`, `kind` (`p256`, `raw`, `passphrase`, "
                + "`proposer`), `publicKey`"
        ),
        ("value", "`secrets get`: the value itself"),
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
        Table(page, "member", "holds", Shape.Select(static row => ($"`{row.Member}`", row.Meaning)));
        return page.ToString().TrimEnd('\n') + "\n";
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
