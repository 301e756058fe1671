using System.Data.Common;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Sends the statements of scripts, and tells what one may leave on its connection.</summary>
internal static class MySqlSession
{
    /// <summary>How long it may take is the deployment's to say.</summary>
    internal static async Task ExecuteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string statement,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, transaction, statement);
        command.CommandTimeout = 0;
        // A routine may answer with several sets of rows, and fail behind the first.
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        do
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) { }
        } while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
    }

    internal static bool IsLeft(string statement)
    {
        var words = new MySqlWords(statement);
        return MySqlStatementRules.TraceOf(words) is not SessionTrace.None
            || words.StartsWith("CALL")
            || words.StartsWith("EXECUTE")
            || words.StartsWith("BEGIN")
            || words.StartsWith("HANDLER")
            || words.HasAnywhere("GET_LOCK");
    }
}
