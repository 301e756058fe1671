using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Sends statements as they stand.</summary>
internal static class PostgreSqlStatement
{
    /// <summary>
    /// Whether it adds the rows that are written in it, of which a script that fills tables has thousands. Of no other kind does every
    /// driver say by its count of rows that it was done, and so which one was not.
    /// </summary>
    internal static bool IsSentTogether(string statement)
    {
        var words = new PostgreSqlWords(statement);
        return words.StartsWith("INSERT") && !words.HasAnywhere("SELECT");
    }

    /// <summary>Sends one, inside a transaction or outside of any.</summary>
    internal static Task ExecuteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string statement,
        CancellationToken cancellationToken
    ) => ExecuteAsync(connection, transaction, [statement], static _ => { }, cancellationToken);

    /// <summary>
    /// As the commands of a batch, which a driver hands on as they are: the text of an ordinary command it may cut at each ';', also at
    /// those in a BEGIN ATOMIC body. How long it may take is the deployment's to say.
    /// </summary>
    internal static async Task ExecuteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<string> statements,
        Action<int> reached,
        CancellationToken cancellationToken
    )
    {
        if (!connection.CanCreateBatch)
        {
            for (var at = 0; at < statements.Count; at++)
            {
                await using var command = Sql.Command(connection, transaction, statements[at]);
                command.CommandTimeout = 0;
                reached(at);
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        await using var batch = connection.CreateBatch();
        (batch.Transaction, batch.Timeout) = (transaction, 0);
        foreach (var statement in statements)
        {
            var one = batch.CreateBatchCommand();
#pragma warning disable CA2100 // The toolkit's own statements and the team's migrations.
            one.CommandText = statement;
#pragma warning restore CA2100
            batch.BatchCommands.Add(one);
        }

        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        // Of what is cancelled the server's answers until then are not read.
        catch (DbException)
        {
            reached(Math.Min(batch.BatchCommands.TakeWhile(static one => one.RecordsAffected >= 0).Count(), statements.Count - 1));
            throw;
        }
    }
}
