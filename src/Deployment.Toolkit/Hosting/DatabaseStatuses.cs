using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Counts what of this binary's migrations an environment has, by its journal alone: its databases may be out of reach here.
/// </summary>
internal sealed class DatabaseStatuses(DeploymentPartsFactory factory)
{
    private readonly Lazy<IReadOnlyList<MigrationSet>> _known = new(factory.LoadMigrations);

    internal IReadOnlyList<DatabaseStatus> Of(EnvironmentLedger ledger)
    {
        // Where nothing was ever begun there is nothing to tell.
        if (ledger.JournalId is null)
            return [];

        var model = factory.Model;
        return
        [
            .. model.Databases.All.Select(declared => Of(declared, ledger)),
            .. model.Tenants.Select(declared => Of(declared.Key, Verified(declared.Key, ledger)) with { Tenants = Last(declared, ledger) }),
        ];
    }

    private DatabaseStatus Of(DeclaredDatabase declared, EnvironmentLedger ledger)
    {
        var key = factory.Model.Databases.KeyOf(declared);
        return Of(key, ledger.KnownSchemaOf(key)) with { Name = declared.Name };
    }

    private DatabaseStatus Of(DatabaseKey key, IReadOnlyList<string>? applied) =>
        new()
        {
            Name = key.Name,
            Applied = applied?.Count,
            Pending = Pending(key, applied),
        };

    private int? Pending(DatabaseKey key, IReadOnlyList<string>? applied)
    {
        // Another tool's are read by making what describes them, which status doesn't wait for.
        if (applied is null || factory.HasOtherSources)
            return null;

        try
        {
            var there = applied.Select(MigrationVersion.Normal).ToHashSet(StringComparer.Ordinal);
            return _known
                .Value.FirstOrDefault(set => set.Key == key)
                ?.All.Count(definition => !there.Contains(MigrationVersion.Normal(definition.Version)));
        }
        catch (DeploymentException)
        {
            // What is wrong with the binary's is told by whoever wants to apply them.
            return null;
        }
    }

    private static IReadOnlyList<string>? Verified(DatabaseKey key, EnvironmentLedger ledger) =>
        ledger.OpenRun is null && ledger.Current?.Evidence.Migrations is { } verified
            ?
            [
                .. verified
                    .Where(migration =>
                        migration.Database is { } database && key.Is(database) && !MigrationVersion.IsRepeatable(migration.Version)
                    )
                    .Select(static migration => migration.Version),
            ]
            : null;

    private static Dictionary<TenantOutcome, int> Last(DeclaredTenants declared, EnvironmentLedger ledger) =>
        ledger
            .LastRun?.Steps.Where(step => step.Planned.Name.EndsWith(declared.Key.Step(DeploymentSteps.Migrate), StringComparison.Ordinal))
            .SelectMany(static step => step.Tenants)
            .GroupBy(static tenant => tenant.Outcome)
            .OrderBy(static group => group.Key)
            .ToDictionary(static group => group.Key, static group => group.Count())
        ?? [];
}
