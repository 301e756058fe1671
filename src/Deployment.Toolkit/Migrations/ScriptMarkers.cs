using System.Globalization;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// What a script says of itself, in comments of a line each: <c>-- foreign-keys: off</c>, <c>-- transaction: none</c>, <c>-- changes-rows:
/// audit</c>, <c>-- contracts-after: 1.4.0</c>, <c>-- irreversible: why</c>.
/// </summary>
internal sealed class ScriptMarkers
{
    private const string ForeignKeys = "foreign-keys";
    private const string Transaction = "transaction";
    private const string ChangesRows = "changes-rows";
    private const string Irreversible = "irreversible";
    private const string Contracts = "contracts-after";
    private const string Verify = "verify";
    private const string BatchOf = "batch";
    private const string Pause = "batch-pause";

    // More in one transaction is what batches are there to avoid; longer pauses are somebody's mistake with the unit.
    private const int LargestBatch = 1_000_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private static readonly ScriptMarkers None = new();

    private readonly HashSet<string> _rows = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ScriptVerification> _verifications = [];
    private readonly List<SqlFault> _faults = [];

    /// <summary>
    /// Foreign keys are not enforced while it runs, and checked before it is committed: the way to rebuild a table that others refer to.
    /// </summary>
    internal bool DisablesForeignKeys { get; private set; }

    /// <summary>It runs outside a transaction.</summary>
    internal bool IsOutsideTransaction { get; private set; }

    /// <summary>Tables whose rows it means to change although none of its statements names them.</summary>
    internal IReadOnlySet<string> Rows => _rows;

    /// <summary>How many rows its one statement, which is repeated, may change at a time.</summary>
    internal int? Batch { get; private set; }

    /// <summary>How long to wait between two batches.</summary>
    internal TimeSpan BatchPause { get; private set; }

    /// <summary>What must be so once it has run.</summary>
    internal IReadOnlyList<ScriptVerification> Verifications => _verifications;

    /// <summary>The first release that does without what it takes away.</summary>
    internal string? ContractsAfter { get; private set; }

    /// <summary>Why it can't be taken back.</summary>
    internal string? IrreversibleReason { get; private set; }

    internal IReadOnlyList<SqlFault> Faults => _faults;

    internal static ScriptMarkers Of(DatabaseDialect dialect, string text)
    {
        if (
            !((string[])[ForeignKeys, Transaction, ChangesRows, Irreversible, Contracts, Verify, BatchOf]).Any(word => Mentions(text, word))
        )
            return None;

        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        var markers = new ScriptMarkers();
        var cursor = new LineCursor(text);
        foreach (var (comment, start) in dialect.Comments(text).Where(comment => LintAllowances.StandsAlone(text, comment.Start)))
        {
            var before = markers.DisablesForeignKeys;
            markers.Take(dialect, comment.AsSpan().Trim(), start, ref cursor);
            if (markers.DisablesForeignKeys && !before && dialect.WhyForeignKeysStayOn is { } reason)
            {
                var (line, column) = cursor.MoveTo(start);
                markers._faults.Add(new(Codes.MigrationMarker, $"Marker '{ForeignKeys}' cannot be followed: {reason}", line, column));
            }
        }

        if (markers.DisablesForeignKeys && markers.IsOutsideTransaction)
            markers._faults.Add(
                new(
                    Codes.MigrationMarker,
                    "Script says both 'foreign-keys: off' and 'transaction: none'. Keep one: what rebuilds a table needs its transaction.",
                    1,
                    1
                )
            );
        return markers;
    }

    // Blanks may stand before the colon.
    private static bool Mentions(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private void Take(DatabaseDialect dialect, ReadOnlySpan<char> comment, int start, ref LineCursor cursor)
    {
        var colon = comment.IndexOf(':');
        if (colon < 0)
            return;

        var name = comment[..colon].TrimEnd();
        var value = comment[(colon + 1)..].Trim().ToString();
        if (name.Equals(Irreversible, StringComparison.OrdinalIgnoreCase))
        {
            if (value.Length > 0)
                IrreversibleReason ??= value;
        }
        else if (name.Equals(Verify, StringComparison.OrdinalIgnoreCase))
        {
            var (line, column) = cursor.MoveTo(start);
            if (IsQuestion(dialect, value))
                _verifications.Add(new ScriptVerification(value.TrimEnd(';'), line, column));
            else
                Fault(Verify, value, "-- verify: SELECT count(*) > 0 FROM users", start, ref cursor);
        }
        else if (name.Equals(Contracts, StringComparison.OrdinalIgnoreCase))
        {
            // A sentence is taken for a mistake, too: read as nothing it would let the old shape go while it is needed.
            if (value.Length > 0 && IsMeant(value) && (ContractsAfter is null || ContractsAfter == value))
                ContractsAfter = value;
            else
                Fault(Contracts, value, "-- contracts-after: 1.4.0", start, ref cursor);
        }
        else if (name.Equals(BatchOf, StringComparison.OrdinalIgnoreCase))
        {
            if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows is > 0 and <= LargestBatch)
                Batch = rows;
            else if (IsMeant(value))
                Fault(BatchOf, value, "-- batch: 1000", start, ref cursor);
        }
        else if (name.Equals(Pause, StringComparison.OrdinalIgnoreCase))
        {
            if (Durations.TryParse(value, out var pause) && pause <= LongestPause)
                BatchPause = pause;
            else
                Fault(Pause, value, "-- batch-pause: 100ms", start, ref cursor);
        }
        else if (name.Equals(ChangesRows, StringComparison.OrdinalIgnoreCase))
        {
            foreach (var table in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                _rows.Add(table);
            if (value.Length == 0)
                Fault(ChangesRows, value, "-- changes-rows: audit, orders", start, ref cursor);
        }
        else if (name.Equals(ForeignKeys, StringComparison.OrdinalIgnoreCase))
        {
            if (value.Equals("off", StringComparison.OrdinalIgnoreCase))
                DisablesForeignKeys = true;
            else if (IsMeant(value))
                Fault(ForeignKeys, value, "-- foreign-keys: off", start, ref cursor);
        }
        else if (name.Equals(Transaction, StringComparison.OrdinalIgnoreCase))
        {
            if (value.Equals("none", StringComparison.OrdinalIgnoreCase))
                IsOutsideTransaction = true;
            else if (IsMeant(value))
                Fault(Transaction, value, "-- transaction: none", start, ref cursor);
        }
    }

    // It is asked inside the migration, so it must not be one itself.
    private static bool IsQuestion(DatabaseDialect dialect, string sql) =>
        (sql.StartsWith("SELECT ", StringComparison.OrdinalIgnoreCase) || sql.StartsWith("WITH ", StringComparison.OrdinalIgnoreCase))
        && dialect.Read(sql).Statements.Count == 1
        && SqlNames.Of(dialect, sql) is { Writes: false };

    // More than a word behind it is a sentence for people.
    private static bool IsMeant(string value) => !value.Contains(' ', StringComparison.Ordinal);

    private void Fault(string name, string value, string right, int start, ref LineCursor cursor)
    {
        var (line, column) = cursor.MoveTo(start);
        _faults.Add(
            new(
                Codes.MigrationMarker,
                $"Marker '{name}' says '{value}', which means nothing. Write '{right}', or word the comment in another way.",
                line,
                column
            )
        );
    }
}

/// <summary>A question that a script wants answered with yes once it has run.</summary>
/// <param name="Sql">The question, whose first value is the answer: true, or a number that is not 0.</param>
/// <param name="Line">Its line in the script.</param>
/// <param name="Column">Its column.</param>
internal sealed record ScriptVerification(string Sql, int Line, int Column)
{
    internal static bool IsYes(object? answer) =>
        answer switch
        {
            null or DBNull => false,
            bool yes => yes,
            IConvertible number and not string => Convert.ToDecimal(number, System.Globalization.CultureInfo.InvariantCulture) != 0,
            _ => answer.ToString() is "t" or "true" or "1",
        };
}
