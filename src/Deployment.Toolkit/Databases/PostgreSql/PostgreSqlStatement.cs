using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Sends one statement as it stands.</summary>
internal static class PostgreSqlStatement
{
    /// <summary>
    /// As the one command of a batch, which a driver hands on as it is: the text of an ordinary command it may cut at each ';', also at
    /// those in a BEGIN ATOMIC body. How long it may take is the deployment's to say.
    /// </summary>
    internal static async Task ExecuteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string statement,
        CancellationToken cancellationToken
    )
    {
        if (!connection.CanCreateBatch)
        {
            await using var command = Sql.Command(connection, transaction, statement);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await using var batch = connection.CreateBatch();
        (batch.Transaction, batch.Timeout) = (transaction, 0);
        var only = batch.CreateBatchCommand();
#pragma warning disable CA2100 // The toolkit's own statements and the team's migrations.
        only.CommandText = statement;
#pragma warning restore CA2100
        batch.BatchCommands.Add(only);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
