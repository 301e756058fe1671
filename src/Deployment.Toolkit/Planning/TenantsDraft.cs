using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>What an up would do to the databases of tenants.</summary>
internal sealed record TenantsDraft(PlannedTenants Planned, IReadOnlyList<string> Risks)
{
    private const int MostGroups = 10;
    private const int MostExamples = 3;

    /// <summary>Looks at each of them.</summary>
    /// <param name="fleet">They.</param>
    /// <param name="parts">What there is in the environment.</param>
    /// <param name="scope">Which migrations, where no release comes with them.</param>
    /// <param name="isFoundLater">Whether what tells who they are may itself be migrated before.</param>
    /// <param name="journal">The journal whose the databases have to be.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Something stands in the way: every reason at once.</exception>
    internal static async Task<TenantsDraft> MakeAsync(
        TenantFleet fleet,
        DeploymentParts parts,
        MigrationScope? scope,
        bool isFoundLater,
        string? journal,
        CancellationToken cancellationToken
    )
    {
        var known = fleet.Migrations;
        var versions = Versions(known, parts, scope);
        var planned = new PlannedTenants
        {
            Name = fleet.Name,
            Versions = versions,
            Contents = fleet.ContentsOf(versions),
            KeepsMigrated = fleet.Options.KeepMigrated,
        };
        IReadOnlyList<FoundTenant> tenants;
        try
        {
            tenants = await fleet.FindAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DeploymentException e) when (isFoundLater && known.Faults.Count == 0)
        {
            return new TenantsDraft(
                planned with
                {
                    NotFound = e.Messages[0].Text,
                    Migrations =
                    [
                        .. known
                            .All.Concat(known.Repeatables)
                            .Where(one => versions.Contains(one.Version))
                            .Select(one => ToPlan(fleet, one)),
                    ],
                },
                [$"who the tenants of '{fleet.Name}' are can't be told before other databases are migrated: {e.Messages[0].Text}"]
            );
        }

        var looks = await fleet.LookAsync(tenants, parts.Environment, parts.Release, journal, cancellationToken).ConfigureAwait(false);
        looks = [.. looks.Select(look => look with { Pending = [.. look.Pending.Where(one => versions.Contains(one.Version))] })];
        var pending = Pending(known, looks);
        List<DeploymentMessage> faults = [.. Faults(fleet, looks), .. known.Faults, .. pending.SelectMany(MigrationSet.CheckScripts)];
        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        List<PlannedMigration> migrations = [.. pending.Select(one => ToPlan(fleet, one))];
        var backups = await TenantsBackups.AskAsync(fleet, looks, migrations, cancellationToken).ConfigureAwait(false);
        return new TenantsDraft(
            planned with
            {
                Count = looks.Count,
                Groups = Group(looks, static look => look.Pending.Count, fleet.BacksUp, static _ => false),
                Unreachable = looks.Count(static look => look.Unreachable is not null),
                Migrations = migrations,
            },
            [.. RisksOf(fleet, looks, migrations), .. backups]
        );
    }

    /// <summary>Those of which the same is to be told.</summary>
    internal static IReadOnlyList<TenantGroup> Group(
        IReadOnlyList<TenantLook> looks,
        Func<TenantLook, int> pending,
        Func<TenantLook, bool> isBackedUp,
        Func<TenantLook, bool> isRestored
    ) =>
        [
            .. looks
                .Where(static look => look.Unreachable is null)
                .GroupBy(look => (Pending: pending(look), look.Newer, IsBackedUp: isBackedUp(look), IsRestored: isRestored(look)))
                .OrderByDescending(static group => group.Count())
                .ThenBy(static group => group.Key)
                .Take(MostGroups)
                .Select(static group => new TenantGroup
                {
                    Count = group.Count(),
                    Pending = group.Key.Pending,
                    Newer = group.Key.Newer,
                    IsBackedUp = group.Key.IsBackedUp,
                    IsRestored = group.Key.IsRestored,
                    Examples = [.. group.Take(MostExamples).Select(static look => look.Tenant.Shown)],
                }),
        ];

    /// <summary>Some tenants, for people.</summary>
    internal static string Named(IReadOnlyList<TenantLook> looks)
    {
        var shown = string.Join(", ", looks.Take(MostExamples).Select(static look => $"'{look.Tenant.Shown}'"));
        return looks.Count > MostExamples ? $"{shown} and {looks.Count - MostExamples} more" : shown;
    }

    /// <summary>What speaks against it: what many have in common is told once.</summary>
    internal static IEnumerable<DeploymentMessage> Faults(TenantFleet fleet, IReadOnlyList<TenantLook> looks)
    {
        foreach (
            var same in looks
                .SelectMany(static look => look.Faults.Select(fault => (Look: look, Fault: fault)))
                .GroupBy(static pair => (pair.Fault.Code, pair.Fault.Text, pair.Fault.File))
                .Take(MostGroups)
        )
        {
            var first = same.First();
            yield return first.Fault with
            {
                Text = $"{Tenants(same.Count())} {Named([.. same.Select(static pair => pair.Look)])} of '{fleet.Name}': {first.Fault.Text}",
            };
        }

        var newer = looks.Where(static look => look.Newer > 0).ToList();
        if (newer.Count > 0 && !fleet.Options.KeepMigrated)
            yield return new DeploymentMessage(
                Codes.SchemaAhead,
                $"{Tenants(newer.Count)} {Named(newer)} of '{fleet.Name}' have migrations that this release doesn't know: they are ahead of "
                    + "it. Nothing was begun. Deploy a release that has them; or say KeepMigrated() in AddTenants where this one can live with them."
            );
        var unreachable = looks.Where(static look => look.Unreachable is not null).ToList();
        if (unreachable.Count > 0 && !fleet.Options.SkipUnreachable)
            yield return Unreachable(fleet, unreachable);
    }

    internal static DeploymentMessage Unreachable(TenantFleet fleet, IReadOnlyList<TenantLook> looks) =>
        new(
            Codes.TenantUnreachable,
            $"{Tenants(looks.Count)} {Named(looks)} of '{fleet.Name}' can't be reached; '{looks[0].Tenant.Shown}': "
                + $"{looks[0].Unreachable!.Text.TrimEnd('.')}. Nothing was begun. Make them reachable, or say SkipUnreachable() in AddTenants to "
                + "leave out such ones."
        );

    internal static string Tenants(int count) => count == 1 ? "Tenant" : $"{count} tenants";

    private static List<string> RisksOf(TenantFleet fleet, IReadOnlyList<TenantLook> looks, List<PlannedMigration> migrations)
    {
        var risks = new List<string>();
        if (!fleet.Options.KeepMigrated)
            risks.AddRange(
                migrations
                    .Where(static migration => migration.Irreversible is not null)
                    .Select(migration =>
                        $"migration {fleet.Key.Title(MigrationVersion.Title(migration.Version, migration.Name))} cannot be taken back: "
                        + migration.Irreversible
                    )
            );
        if (looks.Where(static look => look.Newer > 0).ToList() is { Count: > 0 } newer)
            risks.Add($"{Tenants(newer.Count)} {Named(newer)} of '{fleet.Name}' have migrations that this release doesn't know; they stay");
        risks.AddRange(
            looks
                .SelectMany(look => look.Repeatables.Versions.Where(version => fleet.Migrations.Find(version) is null))
                .GroupBy(static version => version, StringComparer.Ordinal)
                .Select(same =>
                    $"repeatable script {fleet.Key.Title(same.Key)} is applied in {Tenants(same.Count()).ToLowerInvariant()}, and this binary does not have "
                    + "it: what it made stays as it is"
                )
        );
        if (looks.Where(static look => look.Unreachable is not null).ToList() is { Count: > 0 } unreachable)
            risks.Add(
                $"{Tenants(unreachable.Count)} {Named(unreachable)} of '{fleet.Name}' can't be reached and are left out; "
                    + $"'{unreachable[0].Tenant.Shown}': {unreachable[0].Unreachable!.Text}"
            );
        return risks;
    }

    // Of a script that runs again the tenants may have different contents: where one of them can't go back, that is told.
    private static List<MigrationDefinition> Pending(MigrationSet known, IReadOnlyList<TenantLook> looks)
    {
        var lacking = looks.SelectMany(static look => look.Pending).ToLookup(static one => one.Version, StringComparer.Ordinal);
        return
        [
            .. known
                .All.Concat(known.Repeatables)
                .Select(one =>
                    lacking[one.Version].FirstOrDefault(static other => !other.HasWayBack) ?? lacking[one.Version].FirstOrDefault()
                )
                .OfType<MigrationDefinition>(),
        ];
    }

    private static List<string> Versions(MigrationSet known, DeploymentParts parts, MigrationScope? scope)
    {
        var all = known.All.Select(static one => one.Version).ToList();
        if (scope?.To is not { } to)
            return [.. all, .. known.Repeatables.Select(static one => one.Version)];

        var last = MigrationScope.Find(to, all, parts);
        return [.. all.Where(version => MigrationVersion.Compare(version, last) <= 0)];
    }

    private static PlannedMigration ToPlan(TenantFleet fleet, MigrationDefinition definition)
    {
        var planned = definition.ToPlan() with { Database = fleet.Name, Before = null };
        return planned is { HasWayBack: false, Irreversible: null } && fleet.Backups.WithoutReason is { } reason
            ? planned with
            {
                Irreversible = $"it has no way back of its own, and no backup is taken: {reason}",
            }
            : planned;
    }
}
