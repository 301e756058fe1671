using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Schema;

/// <summary>The backup that takes a run's migrations back where they have no way back of their own.</summary>
internal sealed class WayBackBackup(BackupStore? backups, string? withoutBackup, OtherBackup? other)
{
    /// <summary>The one that the plan goes back to.</summary>
    /// <exception cref="DeploymentException">It is not there.</exception>
    internal BackupInfo Of(StepContext context)
    {
        var name = context.Plan.Backup ?? context.RunId;
        return backups!.Find(name)
            ?? throw DeploymentException.NeedsAttention(
                Codes.BackupUnusable,
                $"Backup '{name}', which the schema goes back to, is not in '{backups.FileOf(name)}'. Put the file and its description "
                    + $"back, then run 'deploy resume --environment {context.Environment.Name}'."
            );
    }

    /// <summary>
    /// What a run took before it migrated, as a subject; <see langword="null"/> when nothing is there that could be put back.
    /// </summary>
    internal string? Taken(StepContext context) =>
        context.Plan.Kind != RunKind.Up ? null
        : other is not null ? (other.CanRestore ? $"what {other.Title} took" : null)
        : withoutBackup is null && backups?.Find(context.RunId) is { } backup ? $"backup {backup.Name}, taken"
        : null;
}
