using System.Globalization;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>What is said of a migration whose statements are committed one by one, and that stopped between two of them.</summary>
internal static class HalfApplied
{
    /// <summary>What a failure leaves, as a sentence.</summary>
    internal static string Left(int done, int count) =>
        done == 0
            ? "Nothing of it was done."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Each statement is committed by itself here: {done} of {count} {(done == 1 ? "is" : "are")} done."
            );

    internal static DeploymentException TakenOver(string version) =>
        DeploymentException.NeedsAttention(
            Codes.FencedOut,
            $"Migration {version} was gone on with by another process meanwhile, so this one's turn is over. Nothing more was done. Look at "
                + $"'deploy status'."
        );

    /// <summary>A statement was sent, and nobody can tell what became of it.</summary>
    internal static DeploymentException InDoubt(
        string title,
        string version,
        MigrationScript script,
        SqlStatement statement,
        int done,
        string reason,
        string again
    ) =>
        At(
            script,
            statement,
            $"Migration {title} was cut off while the statement at {script.File}:{statement.Line}:{statement.Column} ran, and it can't be told "
                + $"whether it was done: {reason}. Nothing more was done. Look at the database. If the effect is there, run \"UPDATE "
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{OwnTables.Attempts} SET done = {done + 1}, done_hash = '{again}', sent = NULL "
                )
                + $"WHERE version = '{version}'\" there, otherwise \"UPDATE {OwnTables.Attempts} SET sent = NULL WHERE version = '{version}'\"; "
                + $"then run 'deploy resume'."
        );

    /// <summary>What was done can't be taken back by statements.</summary>
    internal static DeploymentException Stuck(
        string title,
        string version,
        MigrationScript script,
        SqlStatement statement,
        int done,
        int count,
        string again
    ) =>
        At(
            script,
            statement,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Migration {title} is half applied: {done} of its {count} statements are committed, "
            )
                + $"and what the one at {script.File}:{statement.Line}:{statement.Column} did, no statement takes back. Nothing was taken back, "
                + "and this run only goes back: a script that is corrected now runs with the next one. Take all of them back by hand, run "
                + $"\"DELETE FROM {OwnTables.Attempts} WHERE version = '{version}'\" in the database, then run '{again}'."
        );

    /// <summary>What was done is not what the script says now.</summary>
    internal static DeploymentException Changed(string title, string version, MigrationScript? script, int done) =>
        new(
            DeploymentOutcome.NeedsAttention,
            [
                new DeploymentMessage(
                    Codes.MigrationHalfApplied,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Migration {title} is half applied: {done} of its statements are committed, and "
                    )
                        + (
                            script is null
                                ? "this binary does not have its script. "
                                : $"{script.File} was changed in what is done already, or in the statement that was sent last. "
                        )
                        + "Nothing more was done. Run 'deploy resume' with the release that began it; or take them back by hand, run \"DELETE FROM "
                        + $"{OwnTables.Attempts} WHERE version = '{version}'\" in the database, then run 'deploy resume'."
                )
                {
                    File = script?.File,
                },
            ]
        );

    /// <summary>What an earlier statement left on its connection is gone with that.</summary>
    internal static DeploymentException SessionIsGone(
        string title,
        string version,
        MigrationScript script,
        SqlStatement statement,
        int done,
        int count,
        string whole
    ) =>
        At(
            script,
            statement,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Migration {title} was cut off behind {done} of its {count} statements, and what the one at {script.File}:{statement.Line}:"
            )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{statement.Column} left on its connection (a temporary table, a variable) went with that, so that the rest can't go on "
                )
                + "where it stopped. Nothing more was done. To take it back, run 'deploy abort'. To go on, do the rest by hand, run \"UPDATE "
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{OwnTables.Attempts} SET done = {count}, done_hash = '{whole}', sent = NULL "
                )
                + $"WHERE version = '{version}'\" in the database, then run 'deploy resume'."
        );

    /// <summary>The same where the run took a backup before it migrated, which takes back what no statement does.</summary>
    internal static DeploymentException OrBackup(DeploymentException stuck, string taken, string command, bool isKept) =>
        new(
            stuck.Outcome,
            [
                stuck.Messages[0] with
                {
                    Text =
                        $"{stuck.Messages[0].Text} Or have {taken} before this run migrated, put back: run '{command}'. What was written since "
                        + $"goes with it{(isKept ? "; the database as it is by then is kept as a backup" : "")}.",
                },
                .. stuck.Messages.Skip(1),
            ],
            stuck
        );

    private static DeploymentException At(MigrationScript script, SqlStatement statement, string text) =>
        new(
            DeploymentOutcome.NeedsAttention,
            [
                new DeploymentMessage(Codes.MigrationHalfApplied, text)
                {
                    File = script.File,
                    Line = statement.Line,
                    Column = statement.Column,
                    Excerpt = SourceExcerpt.Render(script.Text, statement.Line, statement.Column),
                },
            ]
        );
}
