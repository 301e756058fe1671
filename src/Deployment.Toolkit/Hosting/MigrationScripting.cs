using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Makes a script that somebody else runs. The journal keeps which: what the database has of it then is no surprise, and whether it was run
/// nobody tells.
/// </summary>
internal sealed class MigrationScripting(DeploymentPartsFactory factory, ScriptMigrationsRequest request, string? name, string? tenant)
{
    internal async Task<MigrationsScript> RunAsync(CancellationToken cancellationToken)
    {
        var parts = await factory.Create(null).OneAsync(name, tenant, cancellationToken).ConfigureAwait(false);
        var database = parts.Database ?? throw DeploymentDatabase.NoDatabase();
        if (parts.Migrations.Faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, parts.Migrations.Faults);

        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request, own);
        await using var session = await launcher.LockAsync("migrations script", cancellationToken).ConfigureAwait(false);
        if (session.Ledger.OpenRun is { } open)
            throw DeploymentException.Refused(
                Codes.RunUnfinished,
                $"Run {open.Id} in '{parts.Environment.Name}' is not finished, so it can't be told what there will be to apply. No script was "
                    + $"written. Go on with 'deploy resume --environment {parts.Environment.Name}' first."
            );
        if (
            await KnownDatabase
                .FindAsync(database, session.Ledger, parts.Environment.Name, isReplaced: false, parts.Migrations, cancellationToken)
                .ConfigureAwait(false) is
            { } foreign
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [foreign]);

        var run = "script-" + RunIds.New(factory.Time);
        var head = session.Head;
        var writer = new MigrationScriptWriter(
            database.Dialect,
            new MigrationWriter(run, parts.Release.ToString(), head.Journal!, session.Fence, head.Count, head.Hash),
            factory.Time.GetUtcNow()
        );
        var script = request.IsDown
            ? await DownAsync(parts, database, writer, cancellationToken).ConfigureAwait(false)
            : await UpAsync(parts, database, writer, cancellationToken).ConfigureAwait(false);
        if (script.Versions.Count == 0)
            return script;

        await session
            .AppendAsync(
                null,
                JournalKinds.MigrationsScripted,
                new MigrationsScripted(
                    run,
                    script.Versions,
                    request.IsDown,
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.Sql))),
                    factory.Operator.Operator
                )
                {
                    Database = parts.Key.Recorded,
                },
                JournalJson.Default.MigrationsScripted
            )
            .ConfigureAwait(false);
        return script;
    }

    private async Task<MigrationsScript> UpAsync(
        DeploymentParts parts,
        TargetDatabase database,
        MigrationScriptWriter writer,
        CancellationToken cancellationToken
    )
    {
        var schema = await ReadableHistory.CompareAsync(database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        if (schema.Faults(parts.Environment, parts.Release) is { Count: > 0 } faults)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var known = parts.Migrations.All.Select(static definition => definition.Version);
        var from = request.From is { } given
            ? given == "0"
                ? given
                : MigrationScope.Find(given, known, parts)
            : null;
        var to = request.To is { } last ? MigrationScope.Find(last, known, parts) : null;
        IReadOnlyList<MigrationDefinition> all = from is null ? schema.Pending : [.. parts.Migrations.All, .. parts.Migrations.Repeatables];
        var chosen = all.Where(definition =>
                definition.IsRepeatable
                    ? to is null
                    : (from is null || MigrationVersion.Compare(definition.Version, from) > 0)
                        && (to is null || MigrationVersion.Compare(definition.Version, to) <= 0)
            )
            .ToList();
        return Script(
            parts,
            chosen.Select(static definition => definition.Version),
            writer.Up(
                $"{chosen.Count} migrations of release {parts.Release} for {Place(parts)}.",
                chosen,
                from is null ? schema.Applied.Count : null,
                await EnforcesAsync(database, cancellationToken).ConfigureAwait(false)
            )
        );
    }

    private async Task<MigrationsScript> DownAsync(
        DeploymentParts parts,
        TargetDatabase database,
        MigrationScriptWriter writer,
        CancellationToken cancellationToken
    )
    {
        var applied = await ReadableHistory.OfAsync(database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        if (request.To is not { } given)
            throw MigrationScriptWriter.NotPossible(
                "A script that undoes migrations wants to know which stays the last one: --to VERSION, or --to 0."
            );

        var versions = applied.Select(static row => row.Version);
        var to = given == "0" ? given : MigrationScope.Find(given, versions, parts);
        var from = request.From is { } first ? MigrationScope.Find(first, versions, parts) : null;
        var undone = applied
            .Reverse()
            .Where(row =>
                MigrationVersion.Compare(row.Version, to) > 0 && (from is null || MigrationVersion.Compare(row.Version, from) <= 0)
            )
            .ToList();
        if (undone.Find(static row => row.DownSql is null || row.Irreversible is not null) is { } stuck)
            throw MigrationScriptWriter.NotPossible($"Migration {stuck.Title} has no way back that is a script.", isDown: true);

        return Script(
            parts,
            undone.Select(static row => row.Version),
            writer.Down(
                $"The ways back of {undone.Count} migrations in {Place(parts)}.",
                undone,
                applied.Count,
                await EnforcesAsync(database, cancellationToken).ConfigureAwait(false)
            )
        );
    }

    // It goes to somebody who has to know which of several it is for.
    private static string Place(DeploymentParts parts) => parts.Environment.Name + (parts.Key.IsOnly ? "" : $", database {parts.Key.Name}");

    private MigrationsScript Script(DeploymentParts parts, IEnumerable<string> versions, string sql) =>
        new()
        {
            Environment = parts.Environment.Name,
            Versions = [.. versions],
            IsDown = request.IsDown,
            Sql = sql,
        };

    private static async Task<bool> EnforcesAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return true;

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await database.Dialect.EnforcesForeignKeysAsync(connection, null, cancellationToken).ConfigureAwait(false);
    }
}
