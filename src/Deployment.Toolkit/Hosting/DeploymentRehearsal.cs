using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Rehearsal;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Hosting;

/// <summary>Rehearses what is pending in an environment.</summary>
internal static class DeploymentRehearsal
{
    private const string Prefix = "rehearsal-";

    /// <summary>Copies the database, tries the migrations on the copy and takes it away.</summary>
    /// <exception cref="DeploymentException">Nothing could be tried: no database, one of a kind that is not copied yet, migrations that are
    /// wrong in themselves.</exception>
    internal static async Task<RehearsalReport> RunAsync(
        DeploymentPartsFactory factory,
        string? name,
        string? tenant,
        CancellationToken cancellationToken
    )
    {
        var parts = factory.Create(null);
        var reports = new List<RehearsalReport>();
        IReadOnlyList<TenantFleet> fleets =
            tenant is not null ? []
            : name is null ? parts.Tenants
            : parts.TenantsOf(name) is { } named ? [named]
            : [];
        if (tenant is not null || (name is not null && fleets.Count == 0))
            reports.Add(
                await RunAsync(
                        factory,
                        await parts.OneAsync(name, tenant, cancellationToken).ConfigureAwait(false),
                        null,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            );
        else if (name is null && (parts.Databases.Count > 0 || fleets.Count == 0))
            foreach (var each in parts.Each)
                reports.Add(await RunAsync(factory, each, null, cancellationToken).ConfigureAwait(false));
        foreach (var fleet in fleets)
            reports.Add(await OnOneOfAsync(factory, parts, fleet, cancellationToken).ConfigureAwait(false));
        return reports[0] with
        {
            Migrations = [.. reports.SelectMany(static report => report.Migrations)],
            NotTried = reports.Sum(static report => report.NotTried),
            PlanHash = reports.Select(static report => report.PlanHash).FirstOrDefault(static hash => hash is not null),
        };
    }

    // One of them is tried for all.
    private static async Task<RehearsalReport> OnOneOfAsync(
        DeploymentPartsFactory factory,
        DeploymentParts parts,
        TenantFleet fleet,
        CancellationToken cancellationToken
    )
    {
        var ledger = await factory.ReadLedgerAsync(parts.Environment, cancellationToken).ConfigureAwait(false);
        var looks = await fleet.LookAsync(parts.Environment, parts.Release, ledger.JournalId, cancellationToken).ConfigureAwait(false);
        var behind = looks.Where(static look => look is { Unreachable: null, Faults.Count: 0, Pending.Count: > 0 }).ToList();
        if (behind.Count == 0)
            return new RehearsalReport
            {
                Environment = parts.Environment.Name,
                Release = parts.Release,
                Migrations = [],
            };

        IReadOnlyList<string> versions = [.. fleet.Migrations.All.Concat(fleet.Migrations.Repeatables).Select(static one => one.Version)];
        return await RunAsync(
                factory,
                await parts.OneAsync(fleet.Name, fleet.FirstOf(behind).Tenant.Id, cancellationToken).ConfigureAwait(false),
                new PlannedTenants
                {
                    Name = fleet.Name,
                    Versions = versions,
                    Contents = fleet.ContentsOf(versions),
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static async Task<RehearsalReport> RunAsync(
        DeploymentPartsFactory factory,
        DeploymentParts parts,
        PlannedTenants? tenants,
        CancellationToken cancellationToken
    )
    {
        var database =
            parts.Database
            ?? throw DeploymentException.Refused(
                Codes.RegistrationInvalid,
                "The app has no database, so there is nothing to rehearse. Name it with .UseSqlite(factory, \"connection string name\") on "
                    + "AddDeployment()."
            );
        var schema = await ReadableHistory.CompareAsync(database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        if (schema.Faults(parts.Environment, parts.Release) is { Count: > 0 } faults)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var report = new RehearsalReport
        {
            Environment = parts.Environment.Name,
            Release = parts.Release,
            Migrations = [],
        };
        if (schema.Pending.Count == 0)
            return report;

        var place = factory.PathsOf(parts.Environment).Folder;
        // A rehearsal that was killed leaves a copy of what the database holds.
        HeldFolder.Sweep(place, Prefix);
        using (var folder = HeldFolder.Make(place, Prefix))
            report = await OnCopyAsync(report, factory, parts, database, schema.Pending, folder.Path, cancellationToken)
                .ConfigureAwait(false);

        return await RehearsalRecord
            .WriteAsync(factory, parts, report, schema.Pending, schema.Applied, tenants, cancellationToken)
            .ConfigureAwait(false);
    }

    private static async Task<RehearsalReport> OnCopyAsync(
        RehearsalReport report,
        DeploymentPartsFactory factory,
        DeploymentParts parts,
        TargetDatabase database,
        IReadOnlyList<MigrationDefinition> pending,
        string folder,
        CancellationToken cancellationToken
    )
    {
        await using var scratch =
            await database.CopyToScratchAsync(folder, cancellationToken).ConfigureAwait(false)
            ?? throw DeploymentException.Refused(
                Codes.RehearsalNotPossible,
                $"Database '{database.Title}' is of a kind that is not copied for a rehearsal yet. Rehearse on a copy that you restore "
                    + "yourself: point the connection string of another environment at it and run 'deploy up' and 'deploy rollback' there."
            );
        var tried = await new RehearsalRun(
            scratch.Database,
            parts.Migrations,
            parts.Services,
            parts.Time,
            parts.Logger,
            parts.Release.ToString()
        )
            .RunAsync(pending, cancellationToken)
            .ConfigureAwait(false);
        return report with
        {
            Migrations =
            [
                .. tried.Select(migration =>
                    migration with
                    {
                        Database = parts.Key.Tenants ?? parts.Key.Recorded,
                        Tenant = parts.Key.Tenant,
                        Failure = migration.Failure is { } failure ? factory.Redactor.Redact(failure) : null,
                    }
                ),
            ],
            NotTried = pending.Count - tried.Count,
        };
    }
}
