using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.EntityFrameworkCore;

/// <summary>The migrations of a context, each as a script that also writes the context's own history.</summary>
internal sealed class ContextMigrations<TContext>(DbContextMigrationsOptions options) : MigrationSource
    where TContext : DbContext
{
    private string? _table;
    private string? _schema;

    private const string Npgsql = "Npgsql.EntityFrameworkCore.PostgreSQL";

    private static string Name => typeof(TContext).Name;

    internal override string Key => typeof(TContext).FullName!;

    internal override string HistoryTable => _table ?? HistoryRepository.DefaultTableName;

    internal override string? HistorySchema => _schema;

    internal override SourcedMigrations Read(IServiceProvider services, DatabaseDialect dialect, Func<string> title)
    {
        using var scope = services.CreateScope();
        using var context = Create(scope.ServiceProvider);
        if (!dialect.Recognizes(context.Database.GetDbConnection()))
            return new SourcedMigrations([], [OfAnotherKind(context, title())]);

        var tables = RelationalOptionsExtension.Extract(context.GetService<IDbContextOptions>());
        (_table, _schema) = (tables.MigrationsHistoryTableName, tables.MigrationsHistoryTableSchema);
        var faults = new List<DeploymentMessage>();
        var definitions = new List<MigrationDefinition>();
        var scripts = new ContextScripts(context, dialect);
        var ids = context.GetService<IMigrationsAssembly>().Migrations.Keys.ToList();
        foreach (var id in ids)
        {
            if (MigrationVersion.ParseFileName(id + ".sql") is not { IsDown: false } parsed)
                faults.Add(
                    new DeploymentMessage(
                        Codes.MigrationVersion,
                        $"Migration '{id}' of {Name} has no version that is a number in front of its name. Give its [Migration] attribute an "
                            + $"id like 20260131120000_{id}; 'dotnet ef migrations add NAME' does."
                    )
                );
            else
                definitions.Add(scripts.Of(id, parsed.Version, parsed.Name));
        }

        if (!options.AllowPendingModelChanges && context.Database.HasPendingModelChanges())
            faults.Add(
                new DeploymentMessage(
                    Codes.ModelWithoutMigration,
                    ids.Count == 0
                        ? $"{Name} has no migration, so that nothing would make the tables of its model. Run 'dotnet ef migrations add "
                            + $"NAME --context {Name}' and build again, or name the assembly that has them with MigrationsAssembly(\"…\")."
                        : $"The model of {Name} has changes that none of its migrations makes, so the code would meet a schema that it "
                            + $"doesn't know. Run 'dotnet ef migrations add NAME --context {Name}' and build again."
                )
            );
        return new SourcedMigrations(definitions, faults);
    }

    internal override async Task<IReadOnlyList<string>> ReadAppliedAsync(
        IServiceProvider services,
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        await using var scope = services.CreateAsyncScope();
        await using var context = Create(scope.ServiceProvider);
        if (!await HasHistoryAsync(context, dialect, connection, transaction, cancellationToken).ConfigureAwait(false))
            return [];

        context.Database.SetDbConnection(connection, contextOwnsConnection: false);
        if (transaction is not null)
            await context.Database.UseTransactionAsync(transaction, cancellationToken).ConfigureAwait(false);
        var applied = await context.Database.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false);
        return [.. applied.Select(static id => MigrationVersion.ParseFileName(id + ".sql")?.Version).OfType<string>()];
    }

    // A provider may find out by a failing query whether the table is there, which would take the transaction along.
    private static async Task<bool> HasHistoryAsync(
        TContext context,
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        var options = RelationalOptionsExtension.Extract(context.GetService<IDbContextOptions>());
        var table = options.MigrationsHistoryTableName ?? HistoryRepository.DefaultTableName;
        // Its statements name no schema, so they go where the session's path leads; the deployment's own tables lie in the first of it.
        if (options.MigrationsHistoryTableSchema is null && context.Database.ProviderName == Npgsql)
        {
            var found = await Sql.ScalarAsync(
                    connection,
                    transaction,
                    "SELECT n.nspname || CASE WHEN n.nspname = current_schema() THEN '' ELSE ' and not ' || current_schema() END FROM pg_class "
                        + "AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(quote_ident(@table))",
                    cancellationToken,
                    ("@table", table)
                )
                .ConfigureAwait(false);
            return found switch
            {
                null => false,
                string where when where.Contains(" and not ", StringComparison.Ordinal) => throw new DeploymentException(
                    DeploymentOutcome.Refused,
                    [
                        new DeploymentMessage(
                            Codes.RegistrationInvalid,
                            $"The history of {Name} lies in schema {where}, where its next migrations would make their tables. Nothing was "
                                + "changed. Set the connection string's Search Path so that the schema of its tables comes first."
                        ),
                    ]
                ),
                _ => true,
            };
        }

        // The other providers leave a schema out: those databases have none.
        return options.MigrationsHistoryTableSchema is { } schema && context.Database.ProviderName == Npgsql
            ? await Sql.ScalarAsync(
                    connection,
                    transaction,
                    "SELECT 1 FROM information_schema.tables WHERE table_schema = @schema AND table_name = @table",
                    cancellationToken,
                    ("@schema", schema),
                    ("@table", table)
                )
                .ConfigureAwait(false)
                is not null
            : (await dialect.FindTablesAsync(connection, transaction, [table], cancellationToken).ConfigureAwait(false)).Count > 0;
    }

    // One of its own: a pooled one must not be given another connection, and the app's own must not be kept from being configured.
    private static TContext Create(IServiceProvider services)
    {
        try
        {
            return ActivatorUtilities.CreateInstance<TContext>(services);
        }
        catch (InvalidOperationException e)
        {
            throw new DeploymentException(
                DeploymentOutcome.Refused,
                [
                    new DeploymentMessage(
                        Codes.RegistrationInvalid,
                        $"{Name} can't be made from the app's services: {Sentence.Of(e)} Register it with services.AddDbContext<{Name}>(…)."
                    ),
                ],
                e
            );
        }
    }

    private static DeploymentMessage OfAnotherKind(TContext context, string title) =>
        new(
            Codes.RegistrationInvalid,
            $"{Name} speaks to another kind of database ({context.Database.ProviderName}) than the deployment, which uses {title}. "
                + $"Name the context's database on AddDeployment(), or take FromDbContext<{Name}>() out."
        );
}
