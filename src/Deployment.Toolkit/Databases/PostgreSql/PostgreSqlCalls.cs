using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Tells what expressions depend on, and what calling them may do.</summary>
internal static class PostgreSqlCalls
{
    // Of these the answer depends on what they are given and nothing else; not so of random(), a clock, or what the app has made.
    private static readonly FrozenSet<string> Pure = new[]
    {
        "abs",
        "array",
        "any",
        "all",
        "btrim",
        "cardinality",
        "cast",
        "ceil",
        "ceiling",
        "char_length",
        "coalesce",
        "concat",
        "floor",
        "greatest",
        "jsonb_array_length",
        "least",
        "left",
        "length",
        "lower",
        "lpad",
        "ltrim",
        "mod",
        "nullif",
        "numeric",
        "position",
        "regexp_replace",
        "replace",
        "right",
        "round",
        "row",
        "rpad",
        "rtrim",
        "split_part",
        "starts_with",
        "strpos",
        "substr",
        "substring",
        "trim",
        "trunc",
        "upper",
        "varchar",
        "char",
        "decimal",
        "bit",
        "timestamp",
        "interval",
        "date_part",
        "extract",
        // No functions.
        "and",
        "between",
        "case",
        "else",
        "escape",
        "in",
        "is",
        "like",
        "ilike",
        "not",
        "or",
        "then",
        "when",
        "values",
        "similar",
    }.ToFrozenSet(StringComparer.Ordinal);

    // These change no row of a table.
    private static readonly FrozenSet<string> OfSequences = new[]
    {
        "setval",
        "nextval",
        "currval",
        "set_config",
        "current_setting",
        "count",
        "sum",
        "min",
        "max",
        "avg",
        "exists",
        "pg_get_serial_sequence",
        "from",
        "select",
        "on",
        "using",
        "as",
        "over",
        "filter",
        "join",
        "where",
        "pg_notify",
        "to_regclass",
        "now",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What is known of calls.</summary>
    internal static readonly SqlCalls Known = new(Pure, OfSequences);
}
