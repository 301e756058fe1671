using System.CommandLine;
using System.Text;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsScriptVerb : Verb
{
    private readonly Option<string> _first;
    private readonly Option<string> _last;
    private readonly Option<bool> _down;
    private readonly Option<string> _file;

    internal MigrationsScriptVerb()
    {
        _first = Add(
            new Option<string>("--from")
            {
                HelpName = "VERSION",
                Description = "The migration behind which it begins, 0 for all. Default: what the database has.",
            }
        );
        _last = Add(
            new Option<string>("--to")
            {
                HelpName = "VERSION",
                Description = "The last migration that is applied; with --down the one that stays the last, 0 for none.",
            }
        );
        _down = Add(new Option<bool>("--down") { Description = "Writes ways back.", Arity = ArgumentArity.Zero });
        _file = Add(new Option<string>("--file") { HelpName = "FILE", Description = "Writes it into a file. Default: prints it." });
        TakesDatabase();
        TakesTenant();
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "migrations script";

    internal override string Description =>
        "Writes the pending migrations as one script for psql, sqlite3 or mariadb, with their rows of the history; it is run once. The journal keeps "
        + "that it was made.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy migrations script --environment Production --file next.sql",
            "deploy migrations script --down --to 0006 --environment Production",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var path = parse.GetValue(_file) is { } file ? System.IO.Path.GetFullPath(file) : null;
        // Before the journal keeps that it was made.
        if (path is not null)
            FileRefusal.EnsureWritable(path);
        var script = await Database(context)
            .ScriptMigrationsAsync(
                new ScriptMigrationsRequest
                {
                    From = parse.GetValue(_first),
                    To = parse.GetValue(_last),
                    IsDown = IsGiven(parse, _down),
                    LockTimeout = LockTimeout(parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var report = new VerbReport(
            script.Versions.Count == 0 ? DeploymentOutcome.NothingToDo : DeploymentOutcome.Succeeded,
            script.Environment,
            []
        );
        if (script.Versions.Count == 0)
            return report with
            {
                Headline = $"Nothing to write: there is none to {(script.IsDown ? "undo" : "apply")} in {script.Environment}.",
            };
        if (path is null)
            return report with { Sections = [new DocumentSection(script.Sql)], Headline = "" };

        await FileRefusal
            .WriteAsync(path, () => DurableFile.WritePrivateAsync(path, Encoding.UTF8.GetBytes(script.Sql), cancellationToken))
            .ConfigureAwait(false);
        return report with
        {
            Sections = [new FilesSection([path])],
            Headline = $"{Format.Count(script.Versions.Count, "migration")} written:",
        };
    }
}
