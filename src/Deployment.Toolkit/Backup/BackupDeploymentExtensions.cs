using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrecy;

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
        if (
            builder.Declarations.Add(
                "backup",
                "The backup",
                nameof(WithoutBackup),
                TakenBy("nobody"),
                new Declared("reason", $"'{reason}'", reason)
            )
        )
            builder.Registrations.Of<ChosenBackup>().WithoutReason = reason;
        return builder;
    }

    /// <summary>
    /// Has a command take the backup before migrations, for example a provider's snapshot. It runs without a shell, in a process group of
    /// its own; exit code 0 counts as taken, and nobody looks into what it took. In the arguments <c>{run}</c>, <c>{environment}</c> and
    /// <c>{release}</c> stand for what is deployed.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="fileName">The program; without a slash it is looked for on PATH.</param>
    /// <param name="arguments">The arguments; each reaches the program as it is. They are shown in no plan.</param>
    /// <param name="configure">Says what puts the backup back, how to look whether one was taken, and how patient to be.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder BackupBy(
        this DeploymentBuilder builder,
        string fileName,
        IEnumerable<string> arguments,
        Action<BackupCommandOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(arguments);
        string[] command = [fileName, .. arguments];
        var options = new BackupCommandOptions();
        configure?.Invoke(options);
        if (
            builder.Declarations.Add(
                "backup",
                "The backup",
                nameof(BackupBy),
                TakenBy("a command"),
                new Declared("command", null, string.Join('\0', command)),
                new Declared(nameof(options.Restore), null, string.Join('\0', options.Restore)),
                new Declared(nameof(options.Probe), null, string.Join('\0', options.Probe)),
                Declared.Of(nameof(options.Timeout), options.Timeout),
                Declared.Of(nameof(options.WorkingDirectory), options.WorkingDirectory ?? "the content root"),
                Declared.Of(nameof(options.PassEnvironment), string.Join(", ", options.PassEnvironment))
            )
        )
            builder.Registrations.Of<ChosenBackup>().By = new CommandBackup(command, options);
        return builder;
    }

    /// <summary>
    /// Has your own code take the backup before migrations. Where it throws nothing is migrated; nobody looks into what it took, and
    /// nothing puts it back: a migration without a way back of its own is planned as irreversible.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="description">What takes it, as plans and messages call it, for example <c>the storage's snapshot</c>.</param>
    /// <param name="take">Takes it; what it writes into its context stands in the journal. After an interruption it is called again. It may
    /// take 30 minutes.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder BackupBy(
        this DeploymentBuilder builder,
        string description,
        Func<StepContext, CancellationToken, Task> take
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        ArgumentNullException.ThrowIfNull(take);
        if (
            builder.Declarations.Add(
                "backup",
                "The backup",
                nameof(BackupBy),
                TakenBy("code of the app"),
                new Declared("description", $"'{description}'", description),
                new Declared("function", null, take)
            )
        )
            builder.Registrations.Of<ChosenBackup>().By = new FunctionBackup(description, take);
        return builder;
    }

    /// <summary>Says how the toolkit takes backups itself: how patient to be, whether they are encrypted.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says it.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder ConfigureBackups(this DeploymentBuilder builder, Action<BackupOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new BackupOptions();
        configure(options);
        if (options.WaitAtMost <= TimeSpan.Zero || options.WaitAtMost > TimeSpan.FromDays(30))
            builder.Declarations.Refuse(
                $"ConfigureBackups sets WaitAtMost to {options.WaitAtMost:c}. Give it a time above zero and of 30 days at most."
            );
        else if (options.KeySetting is { } setting && string.IsNullOrWhiteSpace(setting))
            builder.Declarations.Refuse(
                "ConfigureBackups sets KeySetting to nothing. Name the setting that holds the key, for example \"Deployment:BackupKey\"."
            );
        else if (
            builder.Declarations.Add(
                "backup options",
                "How backups are taken",
                nameof(ConfigureBackups),
                Declared.Of(nameof(options.WaitAtMost), options.WaitAtMost),
                Declared.Of(nameof(options.KeySetting), options.KeySetting ?? "none"),
                Declared.Of(nameof(options.Compress), options.Compress)
            )
        )
            builder.Registrations.Of<ChosenBackup>().Options = options;
        builder.Registrations.Of<DeclaredSecrets>().Add(options.KeySetting);
        return builder;
    }

    private static Declared TakenBy(string who) => new("what takes it", who, who);
}
