namespace Deployment.Toolkit.Migrations;

/// <summary>
/// A migration in C# that changes many rows a few at a time: each batch is a transaction of its own, so that others wait for none of them
/// for long. It goes on where it stopped after a crash, and is applied once a batch changes nothing.
/// </summary>
public abstract class BatchedMigration : Migration
{
    /// <summary>How long to wait between two batches, so that others come to their turn. Default: not at all.</summary>
    public virtual TimeSpan Pause => TimeSpan.Zero;

    /// <summary>
    /// Changes the next rows that are not changed yet. Each call is made on an instance of its own: what is done is told by the rows
    /// themselves.
    /// </summary>
    /// <param name="context">The connection and the batch's transaction.</param>
    /// <param name="cancellationToken">Set at the step's timeout and at Ctrl+C.</param>
    /// <returns>How many rows were changed; 0 when none are left.</returns>
    public abstract Task<int> NextAsync(MigrationContext context, CancellationToken cancellationToken);

    /// <summary>All batches in one transaction, for a test without an engine.</summary>
    /// <param name="context">The connection and transaction to work in.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public sealed override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
    {
        while (await NextAsync(context, cancellationToken).ConfigureAwait(false) > 0)
            cancellationToken.ThrowIfCancellationRequested();
    }
}
