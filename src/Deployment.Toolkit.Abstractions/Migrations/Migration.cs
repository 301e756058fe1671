using System.Data.Common;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// A migration in C#, for what SQL alone cannot say. Constructor parameters come from the app's services. It runs inside a
/// transaction that also writes its row of the history; an exception takes everything back.
/// </summary>
public abstract class Migration
{
    /// <summary>Brings the schema or data forward.</summary>
    /// <param name="context">The connection and transaction to work in.</param>
    /// <param name="cancellationToken">Set at the step's timeout and at Ctrl+C.</param>
    public abstract Task UpAsync(MigrationContext context, CancellationToken cancellationToken);

    /// <summary>Takes <see cref="UpAsync"/> back. A migration that doesn't override it has no way back of its own.</summary>
    /// <param name="context">The connection and transaction to work in.</param>
    /// <param name="cancellationToken">Set at the step's timeout and at Ctrl+C.</param>
    public virtual Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} has no DownAsync. Override it, or mark the class with [Irreversible(\"why\")].");

    /// <summary>Checks, inside the transaction, that <see cref="UpAsync"/> led to what it should; throw to take it back.</summary>
    /// <param name="context">The connection and transaction to work in.</param>
    /// <param name="cancellationToken">Set at the step's timeout and at Ctrl+C.</param>
    public virtual Task VerifyAsync(MigrationContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Gives a C# migration its place among the migrations.</summary>
/// <param name="version">The version, for example <c>0007</c>; unique among scripts and classes.</param>
/// <param name="name">What it does, for example <c>split names</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MigrationAttribute(string version, string name) : Attribute
{
    /// <summary>The version.</summary>
    public string Version { get; } = version;

    /// <summary>What it does.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// Whether foreign keys are not enforced while it runs, and checked before it is committed: SQLite's own way to rebuild a table that
    /// others refer to. Switching them off inside the migration does nothing. Default <see langword="false"/>.
    /// </summary>
    public bool ForeignKeysOff { get; set; }

    /// <summary>
    /// The version of the first release that does without what this migration takes away. It is refused in an environment until that
    /// release, or a later one, is live there. Default <see langword="null"/>: it takes nothing away that a release needs.
    /// </summary>
    public string? ContractsAfter { get; set; }

    /// <summary>
    /// The name of the database that it is for, where the app has several. Default <see langword="null"/>: the one that the call names
    /// which adds it, else the first declared.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>
    /// Tables from which rows go that no statement given to <see cref="MigrationContext"/> names, by cascades, triggers or commands of
    /// another library. A migration after which any other table has fewer rows is taken back.
    /// </summary>
#pragma warning disable CA1819 // Attributes take arrays.
    public string[] ChangesRowsOf { get; set; } = [];
#pragma warning restore CA1819
}

/// <summary>What a C# migration works with.</summary>
public readonly record struct MigrationContext
{
    /// <summary>The open connection. Give <see cref="Transaction"/> to every command that you make from it.</summary>
    public required DbConnection Connection { get; init; }

    /// <summary>The transaction; the engine commits it.</summary>
    public required DbTransaction Transaction { get; init; }

    /// <summary>Sees each statement that becomes a command.</summary>
    internal Action<string>? Read { get; init; }

    /// <summary>Sees each statement that is run at once, right before that.</summary>
    internal Func<string, CancellationToken, Task>? CheckAsync { get; init; }

    /// <summary>Runs one statement inside the transaction.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many rows it changed, as the driver says.</returns>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        if (CheckAsync is { } check)
            await check(sql, cancellationToken).ConfigureAwait(false);
        await using var command = Command(sql);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a command inside the transaction, to add parameters to or to read from.</summary>
    /// <param name="sql">One statement.</param>
    /// <returns>The command; dispose it.</returns>
    public DbCommand CreateCommand(string sql)
    {
        Read?.Invoke(sql);
        return Command(sql);
    }

    private DbCommand Command(string sql)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
#pragma warning disable CA2100 // The statement is the migration's own text; what comes from users goes into parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
