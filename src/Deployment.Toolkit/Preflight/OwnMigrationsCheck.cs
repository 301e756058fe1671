using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Whether the binary has the migrations that the environment's last release was verified with: one that was published without them would
/// find nothing to do, or bring up an app without a schema. Those that the database has applied are compared by the plan.
/// </summary>
internal sealed class OwnMigrationsCheck : PreflightCheck
{
    private const int Shown = 5;

    internal override bool IsOfDatabase => true;

    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        var findings = new List<DeploymentMessage>();
        if (intention is { Kind: RunKind.Up, Parts: { } parts, Draft: { } draft })
        {
            var applied = draft.SchemaBefore.ToHashSet(StringComparer.Ordinal);
            // What each tenant has that the binary lacks, their own look tells.
            var verified = parts.IsOfTenants ? null : intention.Journal.Ledger.Current?.Evidence;
            var missing =
                verified
                    ?.SchemaOf(parts.Key)
                    .Where(version => parts.Migrations.Find(version) is null && !applied.Contains(version))
                    .ToList()
                ?? [];
            if (missing.Count > 0)
            {
                findings.Add(
                    new DeploymentMessage(
                        Codes.MigrationsNotInBinary,
                        $"Release {parts.Release} has {Count(parts.Migrations.All.Count)}{(parts.Key.IsOnly ? "" : $" for database '{parts.Key.Name}'")}, and lacks {List(missing)} of the "
                            + $"{verified!.SchemaOf(parts.Key).Count} that release {verified!.Release} was verified with in "
                            + $"'{intention.Environment.Name}'. "
                            + "Nothing was begun. Publish it with its migrations: the package embeds Migrations/*.sql unless "
                            + "DeploymentToolkitEmbedMigrations is false."
                    )
                );
            }

            var notBuilt = parts.Sources.NotBuilt(parts.ContentRoot);
            if (notBuilt.Count > 0)
            {
                findings.Add(
                    new DeploymentMessage(
                        Codes.MigrationsNotBuilt,
                        $"Migration {(notBuilt.Count == 1 ? "file" : "files")} {List(notBuilt)} {(notBuilt.Count == 1 ? "is" : "are")} "
                            + $"not in the binary as on disk, and what the binary holds is what counts. Build it again.",
                        MessageSeverity.Warning
                    )
                );
            }
        }

        return ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>(findings);
    }

    private static string Count(int count) =>
        count switch
        {
            0 => "no migrations",
            1 => "1 migration",
            _ => $"{count} migrations",
        };

    private static string List(List<string> names) =>
        string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");

    private static string List(IReadOnlyList<string> names) => List(names.ToList());
}
