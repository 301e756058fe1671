namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>For <c>psql</c>, without its option <c>-1</c>: there it warns of a transaction within one.</summary>
internal sealed class PostgreSqlClientScript : ClientScript
{
    internal override string Command => "psql -f FILE";

    internal override IReadOnlyList<string> Begin(bool enforcesForeignKeys) => ["\\set ON_ERROR_STOP on", "BEGIN;"];

    internal override string Guard(string condition, string message) =>
        $"DO $deployment$ BEGIN IF NOT coalesce(({condition}), false) THEN RAISE EXCEPTION '%', {Literal(message)}; END IF; END $deployment$;";

    internal override string Yes(string question) => $"(({question})::text NOT IN ('false', '0'))";
}
