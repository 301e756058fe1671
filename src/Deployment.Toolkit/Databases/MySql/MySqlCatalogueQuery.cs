namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// The catalogue's questions about what isn't a table, one table of the catalogue each: joins and unions of them are filled one after the
/// other while others change the schema, and MariaDB 10.11 was seen to break down over one (ha_maria::drop_table).
/// </summary>
internal static class MySqlCatalogueQuery
{
    /// <summary>Kind, name, the table that it belongs to or nothing, and what makes it, in columns.</summary>
    internal static readonly IReadOnlyList<string> Others =
    [
        "SELECT 'trigger', trigger_name, event_object_table, action_timing, event_manipulation, 'ON', event_object_table, action_order, sql_mode, "
            + "action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name",
        "SELECT LOWER(routine_type), routine_name, '', dtd_identifier, is_deterministic, sql_data_access, security_type, sql_mode, "
            + "routine_definition FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY routine_type, routine_name",
        // Where nobody wrote a start, it is the moment of the statement.
        "SELECT 'event', event_name, '', event_type, CAST(execute_at AS CHAR), interval_value, interval_field, CASE WHEN starts NOT IN (created, "
            + "last_altered) THEN CAST(starts AS CHAR) END, CAST(ends AS CHAR), status, on_completion, sql_mode, event_definition FROM information_schema.events WHERE event_schema = DATABASE() ORDER BY event_name",
    ];

    /// <summary>Of routines with parameters: kind, name, and each parameter.</summary>
    internal const string Parameters =
        "SELECT LOWER(routine_type), specific_name, parameter_mode, parameter_name, dtd_identifier FROM information_schema.parameters WHERE "
        + "specific_schema = DATABASE() AND ordinal_position > 0 ORDER BY routine_type, specific_name, ordinal_position";

    /// <summary>Constraint, both tables, what happens on delete and on update.</summary>
    internal const string ForeignKeys =
        "SELECT constraint_name, table_name, referenced_table_name, delete_rule, update_rule FROM information_schema.referential_constraints "
        + "WHERE constraint_schema = DATABASE() ORDER BY table_name, referenced_table_name, constraint_name";

    /// <summary>Constraint, table and column.</summary>
    internal const string ForeignKeyColumns =
        "SELECT constraint_name, table_name, column_name FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND "
        + "referenced_table_name IS NOT NULL ORDER BY table_name, constraint_name, ordinal_position";
}
