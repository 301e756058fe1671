namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>For the shell <c>sqlite3</c>.</summary>
internal sealed class SqliteClientScript : ClientScript
{
    internal override string Command => "sqlite3 app.db < FILE";

    internal override IReadOnlyList<string> Begin(bool enforcesForeignKeys) =>
        [".bail on", $"PRAGMA foreign_keys = {(enforcesForeignKeys ? "ON" : "OFF")};", "BEGIN IMMEDIATE;"];

    // A name can't hold what the message may.
    internal override string Guard(string condition, string message) =>
        $"CREATE TEMP TABLE deployment_guard (\"{message.Replace('"', '\'')}\" INTEGER NOT NULL CHECK (\"{message.Replace('"', '\'')}\" = 1));\n"
        + $"INSERT INTO temp.deployment_guard SELECT coalesce(({condition}) <> 0, 0);\n"
        + "DROP TABLE temp.deployment_guard;";
}
