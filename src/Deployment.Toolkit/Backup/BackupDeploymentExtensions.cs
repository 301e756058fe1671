using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>Whether the database is copied before it is migrated.</summary>
public static class BackupDeploymentExtensions
{
    /// <summary>
    /// Migrates without a backup: because something else takes one, or nothing of the database is worth it. Going back is then what down
    /// scripts can do: a migration without one is planned as irreversible, and what a way back removes is not kept.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="reason">Why; shown in plans and kept in the journal with them.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder WithoutBackup(this DeploymentBuilder builder, string reason)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (builder.Declarations.Add("backup", "The backup", nameof(WithoutBackup), new Declared("reason", $"'{reason}'", reason)))
            builder.Registrations.Of<ChosenBackup>().WithoutReason = reason;
        return builder;
    }
}
