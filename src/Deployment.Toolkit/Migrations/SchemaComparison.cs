using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>What this binary's migrations and the database's history say of each other.</summary>
internal sealed class SchemaComparison
{
    internal SchemaComparison(MigrationSet known, IReadOnlyList<AppliedMigration> applied, AppliedRepeatables repeatables)
    {
        Known = known;
        Applied = applied;
        var versions = applied.Select(static row => MigrationVersion.Normal(row.Version)).ToHashSet(StringComparer.Ordinal);
        List<MigrationDefinition> pending =
        [
            .. known.All.Where(definition => !versions.Contains(MigrationVersion.Normal(definition.Version))),
        ];
        var highest = versions.Max(MigrationVersion.Order);
        OutOfOrder = [.. pending.Where(definition => highest is not null && MigrationVersion.Compare(definition.Version, highest) < 0)];
        // Behind all that have a number: what they speak of is there then.
        Pending = [.. pending, .. PendingOf(known.Repeatables, repeatables)];
        Gone = [.. repeatables.Versions.Where(version => known.Find(version) is null)];
    }

    internal MigrationSet Known { get; }

    internal IReadOnlyList<AppliedMigration> Applied { get; }

    internal IReadOnlyList<MigrationDefinition> Pending { get; }

    internal IReadOnlyList<MigrationDefinition> OutOfOrder { get; }

    /// <summary>Repeatable scripts that are applied and that this binary lacks: what they made stays.</summary>
    internal IReadOnlyList<string> Gone { get; }

    /// <summary>What of the repeatable ones is to run, each with the content that it takes the place of.</summary>
    private static IEnumerable<MigrationDefinition> PendingOf(IReadOnlyList<MigrationDefinition> known, AppliedRepeatables applied) =>
        known
            .Select(definition => definition with { Earlier = applied.Current(definition.Version) })
            .Where(definition => definition.Earlier?.Checksum != definition.Checksum || applied.IsBegun(definition.Version));

    /// <summary>Why nothing may be migrated: every reason at once.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults(DeploymentEnvironment environment, Release release)
    {
        List<DeploymentMessage> faults = [.. Known.Faults, .. Pending.SelectMany(MigrationSet.CheckScripts)];
        faults.AddRange(HistoryFaults(environment, release));
        return faults;
    }

    /// <summary>Those alone that are about this database.</summary>
    internal IReadOnlyList<DeploymentMessage> HistoryFaults(DeploymentEnvironment environment, Release release)
    {
        var faults = new List<DeploymentMessage>();
        var last = Known.All.Count == 0 ? null : Known.All[^1].Version;
        foreach (var row in Applied)
        {
            if (Known.Find(row.Version) is not { } definition)
            {
                faults.Add(
                    MigrationVersion.Compare(row.Version, last) > 0
                        ? new DeploymentMessage(
                            Codes.SchemaAhead,
                            $"Migration {row.Title} is applied in '{environment.Name}', but release {release} knows none above "
                                + $"{last ?? "none at all"}: the schema is ahead of it. "
                                + "Deploy a release that has the migration, or go back with 'deploy rollback' from the release that "
                                + "brought it."
                        )
                        : new DeploymentMessage(
                            Codes.MigrationMissing,
                            $"Migration {row.Title} is applied in '{environment.Name}', but release {release} does not have it. Put the "
                                + $"file back as it was."
                        )
                );
            }
            else if (definition.Checksum != row.Checksum)
            {
                faults.Add(
                    new DeploymentMessage(
                        Codes.MigrationChanged,
                        $"Migration {definition.Title} was changed after it was applied in '{environment.Name}': applied as "
                            + $"{Short(row.Checksum)}, now {Short(definition.Checksum)}. "
                            + "Put the file back as it was and write the change as a new migration; 'deploy migrations add "
                            + $"NAME{Known.Key.Option}' makes one."
                    )
                    {
                        File = definition.Up?.File,
                    }
                );
            }
        }

        if (environment.IsProtected)
        {
            faults.AddRange(
                OutOfOrder.Select(definition => new DeploymentMessage(
                    Codes.MigrationOutOfOrder,
                    $"Migration {definition.Title} is pending below versions that are applied in the protected environment "
                        + $"'{environment.Name}'. Give it a version above them."
                ))
            );
        }

        return faults;
    }

    private static string Short(string checksum) => checksum.Length > 24 ? checksum[..22] + "…" : checksum;
}
