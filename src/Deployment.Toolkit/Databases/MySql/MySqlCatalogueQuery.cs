namespace Deployment.Toolkit.Databases.MySql;

/// <summary>The catalogue's questions about what isn't a table.</summary>
internal static class MySqlCatalogueQuery
{
    /// <summary>Kind, name, the table that it belongs to or nothing, and what makes it.</summary>
    internal const string Others = """
        SELECT 'trigger', trigger_name, event_object_table,
            CONCAT(action_timing, ' ', event_manipulation, ' ON ', event_object_table, ' ', action_order, ' ', sql_mode, ' ', action_statement)
        FROM information_schema.triggers WHERE trigger_schema = DATABASE()
        UNION ALL
        SELECT LOWER(r.routine_type), r.routine_name, '',
            CONCAT_WS(' ', (SELECT GROUP_CONCAT(CONCAT_WS(' ', p.parameter_mode, p.parameter_name, p.dtd_identifier) ORDER BY p.ordinal_position)
                FROM information_schema.parameters AS p WHERE p.specific_schema = r.routine_schema AND p.specific_name = r.specific_name AND p.ordinal_position > 0),
                r.dtd_identifier, r.is_deterministic, r.sql_data_access, r.security_type, r.sql_mode, r.routine_definition)
        FROM information_schema.routines AS r WHERE r.routine_schema = DATABASE()
        UNION ALL
        SELECT 'event', event_name, '',
            CONCAT_WS(' ', event_type, execute_at, interval_value, interval_field, starts, ends, status, on_completion, sql_mode, event_definition)
        FROM information_schema.events WHERE event_schema = DATABASE()
        ORDER BY 1, 2
        """;

    /// <summary>Both tables, what happens on delete and on update, and the columns.</summary>
    internal const string ForeignKeys = """
        SELECT r.table_name, r.referenced_table_name, r.delete_rule, r.update_rule,
            GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position SEPARATOR '\n')
        FROM information_schema.referential_constraints AS r
            JOIN information_schema.key_column_usage AS k ON k.constraint_schema = r.constraint_schema
                AND k.constraint_name = r.constraint_name AND k.table_name = r.table_name
        WHERE r.constraint_schema = DATABASE()
        GROUP BY r.table_name, r.referenced_table_name, r.constraint_name, r.delete_rule, r.update_rule
        ORDER BY 1, 2, r.constraint_name
        """;
}
