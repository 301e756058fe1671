using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Why a migration's transaction is rolled back although each of its statements went well.</summary>
internal static class MigrationRefusal
{
    internal static DeploymentException OtherRows(MigrationWork work, string changed) =>
        Failed(
            work,
            Codes.MigrationOtherRows,
            $"changed rows of tables that it does not name: {changed}.",
            work.Script is null
                ? "If it rebuilds a table that these refer to, write ForeignKeysOff = true on its [Migration]; if it means to change "
                    + "them, name them there: ChangesRowsOf = [\"…\"]."
                : "If it rebuilds a table that these refer to, add a line '-- foreign-keys: off' to the script; if it means to change "
                    + "them, name them: '-- changes-rows: …'."
        );

    internal static DeploymentException BrokenReferences(MigrationWork work, string broken) =>
        Failed(
            work,
            Codes.MigrationForeignKeys,
            $"leaves foreign keys broken: {broken}.",
            "Let it copy every row that is referred to, under its key, or delete the rows that refer to it."
        );

    internal static DeploymentException NotVerified(MigrationWork work, ScriptVerification question, string why, Exception? cause)
    {
        var script = work.Script!;
        return new DeploymentException(
            DeploymentOutcome.Failed,
            [
                new DeploymentMessage(
                    Codes.MigrationNotVerified,
                    $"Migration {work.Title} ({script.File}:{question.Line}:{question.Column}) did not lead to what it says: "
                        + $"'{question.Sql}' {why} Its transaction was rolled back. Correct the script, or what it asks."
                )
                {
                    File = script.File,
                    Line = question.Line,
                    Column = question.Column,
                    Excerpt = Databases.SourceExcerpt.Render(script.Text, question.Line, question.Column),
                },
            ],
            cause
        );
    }

    internal static DeploymentMessage OverLimit(MigrationPlace.Statement? place, TimeSpan limit, bool ranOn) =>
        new(
            Codes.MigrationTimedOut,
            $"The migrations reached their limit of {limit:c} "
                + $"{(place is null ? "while they waited for the database or wrote the history" : $"in {place}")}. Its transaction is "
                + $"not committed{(ranOn ? "; the database was still at the statement, which ends with this process at the latest" : "")}. "
                + "Make the statement faster or split the migration, or set the limit with AddMigrations(m => m.WaitAtMost(…))."
        )
        {
            File = place?.Script?.File,
            Line = place?.Script is null ? null : place.Text.Line,
            Column = place?.Script is null ? null : place.Text.Column,
            Excerpt = place?.Script is null ? null : Databases.SourceExcerpt.Render(place.Script.Text, place.Text.Line, place.Text.Column),
        };

    internal static DeploymentException NoScripts(string folder) =>
        DeploymentException.Refused(
            Codes.CommandLineInvalid,
            $"AddMigrations names no place where scripts are read from, so nothing would run what was written to '{folder}'. Nothing was written. "
                + $"Say m.FromDirectory(\"{folder}\") or m.FromAssembly(…) there too; or make the migration with the tool that the others come from."
        );

    private static DeploymentException Failed(MigrationWork work, string code, string defect, string mend)
    {
        var subject = work.Direction == MigrationDirection.Up ? $"Migration {work.Title}" : $"The way back of migration {work.Title}";
        var place = work.Script is { } script ? $" ({script.File})" : $" ({work.Class!.ClassName})";
        return new DeploymentException(
            DeploymentOutcome.Failed,
            [
                new DeploymentMessage(code, $"{subject}{place} {defect} Its transaction was rolled back. {mend}")
                {
                    File = work.Script?.File,
                    Line = work.Script is null ? null : 1,
                },
            ]
        );
    }
}
