using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// What somebody wants to begin, with what is known when it is asked whether it may. What could not be found out is <see langword="null"/>.
/// </summary>
internal sealed record Intention(DeploymentPartsFactory Factory, DeploymentEnvironment Environment, RunKind Kind, LedgerView Journal)
{
    internal Release? Release { get; init; }

    internal DeploymentParts? Parts { get; init; }

    /// <summary>What an <c>up</c> would do.</summary>
    internal DeploymentPlan? Draft { get; init; }

    /// <summary>The same with its steps.</summary>
    internal DeploymentPlan? Planned { get; init; }

    /// <summary>Who wants it; the process's own where it is <see langword="null"/>.</summary>
    internal JournalHolder? Operator { get; init; }

    /// <summary>What is to be skipped; <see langword="null"/> for nothing.</summary>
    internal BypassRequest? Bypass { get; init; }

    /// <summary>The same about each of the app's databases; as it is when there is one or none.</summary>
    internal IEnumerable<Intention> OfEach =>
        Parts is null
            ? [this]
            :
            [
                .. Parts.Each.Select(each => this with { Parts = each, Draft = Draft?.On(each.Key) }),
                .. Parts.Tenants.Select(fleet => this with { Parts = Parts.On(fleet), Draft = OnTenants(fleet.Name) }),
            ];

    // What is about the migrations of tenants alone is asked as of those of a database.
    private DeploymentPlan? OnTenants(string name) =>
        Draft is null
            ? null
            : Draft with
            {
                Migrations = Draft.Tenants?.FirstOrDefault(tenants => tenants.Name == name)?.Migrations ?? [],
                SchemaBefore = [],
                SchemaAfter = [],
                SchemaWayBack = SchemaWayBack.Nothing,
            };

    /// <summary>How the gates of the environment answer: asked once, for the report and the plan alike.</summary>
    internal IReadOnlyList<PlannedGate> Gates { get; init; } = [];

    /// <summary>What it shares with other environments; <see langword="null"/> where the app doesn't ask that.</summary>
    internal IsolationReport? Isolation { get; init; }

    /// <summary>Whether the environment already is as it would be left: then nothing will be written.</summary>
    internal bool IsNothingToDo { get; init; }

    /// <summary>Whether only migrations are applied, and no release enters.</summary>
    internal bool IsMigrationsOnly { get; init; }

    /// <summary>Whether it is only looked at: then nobody waits for the lock.</summary>
    internal bool IsLook { get; init; }

    /// <summary>Whether the environment's lock is this process's own by now.</summary>
    internal bool HasLock { get; init; }
}
