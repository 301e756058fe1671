using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Refuses to drop a table where rows of others would go along, also where a table of the same name is there a statement later.
/// </summary>
internal static class DropGuard
{
    internal const string RebuildMend =
        "To rebuild the table, add a line '-- foreign-keys: off' to the script: foreign keys are then not enforced while it runs, and "
        + "checked before its commit.";

    /// <exception cref="DeploymentException">The statement drops a table with consequences.</exception>
    internal static async Task EnsureHarmlessAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string title,
        MigrationScript? script,
        SqlStatement statement,
        CancellationToken cancellationToken
    )
    {
        if (
            dialect.DroppedTable(statement.Text) is not { } table
            || await dialect
                .DropConsequencesAsync(connection, transaction, table, static _ => true, cancellationToken)
                .ConfigureAwait(false)
                is not { } consequences
        )
            return;

        var place = script is null ? "" : $" at {script.File}:{statement.Line}:{statement.Column}";
        var mend = script is null
            ? "To rebuild the table, write ForeignKeysOff = true on the class's [Migration]: foreign keys are then not enforced while "
                + "it runs, and checked before its commit."
            : RebuildMend;
        throw new DeploymentException(
            DeploymentOutcome.Failed,
            [
                new DeploymentMessage(
                    Codes.MigrationCascades,
                    $"Migration {title}{place} drops table '{table}', which {consequences}. Its transaction was rolled back. {mend} To "
                        + $"give the table up, first delete or change the rows that refer to it."
                )
                {
                    File = script?.File,
                    Line = script is null ? null : statement.Line,
                    Column = script is null ? null : statement.Column,
                    Excerpt = script is null ? null : SourceExcerpt.Render(script.Text, statement.Line, statement.Column),
                },
            ]
        );
    }
}
