using System.Globalization;
using System.Text;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Writes migrations as one script for the database's own client, with their rows of the history: what has run it, finds them applied. It
/// stops where the history is another than it was, so that it is run once.
/// </summary>
internal sealed class MigrationScriptWriter(DatabaseDialect dialect, MigrationWriter writer, DateTimeOffset at)
{
    private const string Other =
        "the history of this database is not as it was when the script was made: it was run already, or something else was";

    private readonly ClientScript _client = ClientScripts.Of(dialect);
    private readonly StringBuilder _text = new();

    private string History => dialect.Own(MigrationHistory.Table);

    /// <param name="title">What it says of itself.</param>
    /// <param name="migrations">What is applied, in its order.</param>
    /// <param name="applied">How many rows the history has; <see langword="null"/> when that isn't known.</param>
    /// <param name="enforcesForeignKeys">Whether the app's connections enforce foreign keys.</param>
    internal string Up(string title, IReadOnlyList<MigrationDefinition> migrations, int? applied, bool enforcesForeignKeys)
    {
        foreach (var migration in migrations)
            EnsurePossible(migration);

        Begin(title, enforcesForeignKeys);
        Line(MigrationHistory.MakeSql(dialect) + ";");
        if (migrations.Any(static migration => migration.IsRepeatable))
            Line(RepeatableHistory.MakeSql(dialect) + ";");
        var versions = migrations.Where(static migration => !migration.IsRepeatable).Select(static migration => migration.Version).ToList();
        Guard(Count(versions, 0), applied);
        foreach (var migration in migrations)
        {
            Line($"\n-- {OneLine(migration.Title)}");
            foreach (var statement in migration.UpScript.Statements)
                Line(_client.Statement(statement.Text));
            foreach (var question in migration.Markers.Verifications)
                Line(_client.Guard(_client.Yes(question.Sql), $"{migration.Title} did not lead to what it says: {OneLine(question.Sql)}"));
            Line(migration.IsRepeatable ? Repeatable(migration) : Row(migration));
        }

        return End();
    }

    /// <param name="title">What it says of itself.</param>
    /// <param name="undone">What is undone, the last one first.</param>
    /// <param name="applied">How many rows the history has.</param>
    /// <param name="enforcesForeignKeys">Whether the app's connections enforce foreign keys.</param>
    internal string Down(string title, IReadOnlyList<AppliedMigration> undone, int applied, bool enforcesForeignKeys)
    {
        if (undone.FirstOrDefault(RunsOutside) is { } outside)
            throw NotPossible(
                $"The way back of migration {outside.Title} runs outside a transaction, so it can't be part of a script that is run as a whole.",
                isDown: true
            );

        Begin(title, enforcesForeignKeys);
        Guard(Count([.. undone.Select(static row => row.Version)], undone.Count), applied);
        foreach (var row in undone)
        {
            var removed = dialect
                .RemovalsOf(row.DownSql!)
                .Select(static removal => removal.ToString())
                .Distinct(StringComparer.Ordinal)
                .ToList();
            Line(
                $"\n-- the way back of {OneLine(row.Title)}{(removed.Count > 0 ? $", which removes rows: {OneLine(DataLoss.List(removed))}" : "")}"
            );
            foreach (var statement in dialect.Read(row.DownSql!).Statements)
                Line(_client.Statement(statement.Text));
            Line($"DELETE FROM {History} WHERE version = {_client.Literal(row.Version)};");
        }

        return End();
    }

    private bool RunsOutside(AppliedMigration row) =>
        !dialect.CommitsSchemaChanges
        && (ScriptMarkers.Of(dialect, row.DownSql!).IsOutsideTransaction || dialect.RunsOutside(row.DownSql!));

    /// <exception cref="DeploymentException">It can't be part of a script.</exception>
    private static void EnsurePossible(MigrationDefinition migration)
    {
        var why =
            migration.Faults.Count > 0 ? "has no script that the deployment could apply"
            : migration.Up is null ? "is a class, whose code says what it runs"
            : migration.IsBatched ? "works in batches, each a transaction of its own"
            : migration.ForeignKeysOff ? "switches foreign keys off, which is no part of a transaction"
            : migration is { IsOutsideTransaction: true, Dialect.CommitsSchemaChanges: false } ? "runs outside a transaction"
            : null;
        if (why is not null)
            throw NotPossible($"Migration {migration.Title} {why}, so it can't be part of a script that is run as a whole.");
    }

    internal static DeploymentException NotPossible(string text, bool isDown = false) =>
        DeploymentException.Refused(
            Codes.ScriptNotPossible,
            $"{text} No script was written. Take a part that can be with --to, or "
                + (isDown ? "undo it with 'deploy migrations down --to VERSION --reason \"…\"'." : "apply it with 'deploy migrations up'.")
        );

    private void Begin(string title, bool enforcesForeignKeys)
    {
        Line($"-- {OneLine(title)}");
        Line($"-- Run it as a whole, once: {_client.Command}");
        if (dialect.CommitsSchemaChanges)
            Line("-- Each change of the schema is committed by itself: where it stops, what is above that line is done.");
        foreach (var line in _client.Begin(enforcesForeignKeys))
            Line(line);
    }

    private void Guard(string condition, int? applied) =>
        Line(
            _client.Guard(
                applied is { } rows
                    ? $"{condition} AND (SELECT count(*) FROM {History}) = {rows.ToString(CultureInfo.InvariantCulture)}"
                    : condition,
                Other
            )
        );

    private string Count(List<string> versions, int wanted) =>
        versions.Count == 0
            ? "1 = 1"
            : $"(SELECT count(*) FROM {History} WHERE version IN ({string.Join(", ", versions.Select(_client.Literal))})) = "
                + wanted.ToString(CultureInfo.InvariantCulture);

    private string Row(MigrationDefinition migration) =>
        $"INSERT INTO {History} (version, name, checksum, down_file, down_sql, irreversible, applied_at, duration_seconds, run, "
        + $"{dialect.Quote("release")}, journal, fence, head_records, head_hash) VALUES ("
        + Values(
            migration.Version,
            migration.Name,
            migration.Checksum,
            migration.KeptDown?.File,
            migration.KeptDown?.Text,
            migration.Irreversible,
            At
        )
        + $", 0, {Values(writer.Run, writer.Release, writer.Journal)}, {Number(writer.Fence)}, {Number(writer.Records)}, {Values(writer.Hash)});";

    private string Repeatable(MigrationDefinition migration) =>
        $"INSERT INTO {dialect.Own(OwnTables.Repeatables)} (name, checksum, file, content, down_sql, irreversible, begun, applied_at, "
        + $"duration_seconds, run, {dialect.Quote("release")}, journal, fence, at_stake) VALUES ("
        + Values(migration.Version, migration.Checksum, migration.Up!.File, migration.Up.Text, migration.Down?.Text, migration.Irreversible)
        + $", 0, {Values(At)}, 0, {Values(writer.Run, writer.Release, writer.Journal)}, {Number(writer.Fence)}, '');";

    private string At => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private string Values(params string?[] texts) => string.Join(", ", texts.Select(_client.Literal));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // What a name holds must not end a comment's line.
    private static string OneLine(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));

    private void Line(string line) => _text.Append(line).Append('\n');

    private string End()
    {
        foreach (var line in _client.End)
            Line(line);
        return _text.ToString();
    }
}
