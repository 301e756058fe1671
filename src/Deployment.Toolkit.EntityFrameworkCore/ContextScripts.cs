using System.Reflection;
using System.Text;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using EfMigration = Microsoft.EntityFrameworkCore.Migrations.Migration;

namespace Deployment.Toolkit.EntityFrameworkCore;

/// <summary>Writes a context's migrations as scripts, as its provider would run them.</summary>
internal sealed class ContextScripts(DbContext context, DatabaseDialect dialect)
{
    private const string SwitchedOff = "PRAGMA foreign_keys = 0;";
    private const string SwitchedOn = "PRAGMA foreign_keys = 1;";

    private readonly IMigrationsAssembly _assembly = context.GetService<IMigrationsAssembly>();
    private readonly IMigrationsSqlGenerator _generator = context.GetService<IMigrationsSqlGenerator>();
    private readonly IModelRuntimeInitializer _initializer = context.GetService<IModelRuntimeInitializer>();
    private readonly IHistoryRepository _history = context.GetService<IHistoryRepository>();
    private IModel? _before;

    private string ContextName => context.GetType().Name;

    /// <summary>Writes one; they are asked for in their order.</summary>
    internal MigrationDefinition Of(string id, string version, string name)
    {
        var type = _assembly.Migrations[id];
        var migration = _assembly.CreateMigration(type, context.Database.ProviderName!);
        var (before, after) = (_before, _initializer.Initialize(migration.TargetModel, designTime: true, validationLogger: null));
        // The first one finds no history, unless another context that shares it was there before.
        var prologue = before is null ? _history.GetCreateIfNotExistsScript() : "";
        _before = after;

        var up = Up(id, migration, prologue, after);
        var down = Down(id, migration, before);
        var keepsRows = type.GetCustomAttribute<KeepsRowsAttribute>() is { } kept
            ? $"-- keeps-rows: {kept.Reason.ReplaceLineEndings(" ")}\n"
            : "";
        return new MigrationDefinition(dialect, version, name)
        {
            Up = up.Text is null ? null : new MigrationScript($"{ContextName}/{id}.sql", up.Text),
            Down = down.Text is null ? null : new MigrationScript($"{ContextName}/{id}.down.sql", keepsRows + down.Text),
            Faults = [.. new[] { up.Fault, down.Fault }.OfType<DeploymentMessage>()],
            Identity = "ef:" + id,
            Irreversible = type.GetCustomAttribute<IrreversibleAttribute>()?.Reason,
        };
    }

    private string Inserted(string id) => _history.GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion()));

    private (string? Text, DeploymentMessage? Fault) Up(string id, EfMigration migration, string prologue, IModel after)
    {
        try
        {
            return Write(id, prologue, _generator.Generate(migration.UpOperations, after), Inserted(id));
        }
        catch (Exception e) when (e is NotSupportedException or NotImplementedException)
        {
            return (
                null,
                new DeploymentMessage(
                    Codes.RegistrationInvalid,
                    $"Migration {id} of {ContextName} can't be written for {context.Database.ProviderName}: {Sentence.Of(e)} Take "
                        + "out of its Up what the provider can't do, or write it as a script of its own beside the context's migrations: "
                        + $"'deploy migrations add {id.Split('_')[^1]}'."
                )
            );
        }
    }

    /// <returns>No text where it takes nothing back of what <c>Up</c> does, or can't.</returns>
    private (string? Text, DeploymentMessage? Fault) Down(string id, EfMigration migration, IModel? before)
    {
        try
        {
            return migration.DownOperations.Count > 0 || migration.UpOperations.Count == 0
                ? Write(id, "", _generator.Generate(migration.DownOperations, before), _history.GetDeleteScript(id))
                : default;
        }
        catch (Exception e) when (e is NotSupportedException or NotImplementedException)
        {
            return default;
        }
    }

    private (string? Text, DeploymentMessage? Fault) Write(
        string id,
        string prologue,
        IReadOnlyList<MigrationCommand> commands,
        string epilogue
    )
    {
        var statements = new List<string>();
        var (isOff, suppressed) = (false, 0);
        foreach (var command in commands)
        {
            var text = command.CommandText.Trim();
            // How SQLite's tables are rebuilt: the engine itself switches them off around the transaction, and checks before the commit.
            if (command.TransactionSuppressed && text is SwitchedOff or SwitchedOn)
                isOff = true;
            else
            {
                statements.Add(text);
                suppressed += command.TransactionSuppressed ? 1 : 0;
            }
        }

        if (suppressed > 0)
        {
            return (
                null,
                new DeploymentMessage(
                    Codes.MigrationOutsideTransaction,
                    $"Migration {id} of {ContextName} suppresses the transaction for {suppressed} of its {statements.Count} commands. A crash "
                        + $"between them and its row of history would leave half of it. Take them out, and write them as a script of their own "
                        + $"beside the context's migrations: 'deploy migrations add {id.Split('_')[^1]}'."
                )
            );
        }

        var script = new StringBuilder();
        if (isOff)
            script.Append("-- foreign-keys: off\n");
        foreach (var statement in (IEnumerable<string>)[prologue.Trim(), .. statements, epilogue.Trim()])
        {
            if (statement.Length > 0)
                script.Append(statement).Append(statement.EndsWith(';') ? "\n\n" : ";\n\n");
        }

        return (script.ToString().TrimEnd('\n') + "\n", null);
    }
}
