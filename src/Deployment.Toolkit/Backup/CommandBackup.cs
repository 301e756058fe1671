using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Backup;

/// <summary>A provider's command, for a snapshot that it keeps itself.</summary>
internal sealed class CommandBackup(IReadOnlyList<string> command, BackupCommandOptions options) : OtherBackup($"'{command[0]}'")
{
    internal override TimeSpan Timeout => options.Timeout;

    internal override bool CanRestore => options.Restore.Count > 0;

    internal override Task TakeAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken) =>
        Step(command, context, tools).ExecuteAsync(context, cancellationToken);

    internal override Task<ProbeOutcome> ProbeAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken) =>
        Step(command, context, tools).ProbeAsync(context, cancellationToken);

    internal override Task RestoreAsync(StepContext context, OtherBackupTools tools, CancellationToken cancellationToken) =>
        Step(options.Restore, context, tools).ExecuteAsync(context, cancellationToken);

    private CommandStep Step(IReadOnlyList<string> words, StepContext context, OtherBackupTools tools) =>
        new(
            DeploymentSteps.BackUp,
            Fill(words, context),
            new CommandStepOptions
            {
                Probe = Fill(options.Probe, context),
                WorkingDirectory = options.WorkingDirectory,
                PassEnvironment = options.PassEnvironment,
            },
            tools.ContentRoot,
            tools.Time
        );

    // There is no shell that would put the variables in.
    private static IReadOnlyList<string> Fill(IReadOnlyList<string> words, StepContext context) =>
        [
            .. words.Select(word =>
                word.Replace("{run}", context.RunId, StringComparison.Ordinal)
                    .Replace("{environment}", context.Environment.Name, StringComparison.Ordinal)
                    .Replace("{release}", context.Release.Version, StringComparison.Ordinal)
            ),
        ];
}
