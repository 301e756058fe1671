namespace Deployment.Toolkit;

/// <summary>
/// How a command that takes backups is run, and what puts one back. In words of commands <c>{run}</c>, <c>{environment}</c> and
/// <c>{release}</c> stand for what is deployed; the run's id names a backup by which it is found again.
/// </summary>
public sealed class BackupCommandOptions
{
    /// <summary>
    /// The command that puts the run's backup in the database's place: the program, then its arguments. Empty: nothing does, and a
    /// migration without a way back of its own is planned as irreversible. It is run only where the loss of what was written since was
    /// accepted, and has to return when the database can be used again.
    /// </summary>
    public IReadOnlyList<string> Restore { get; set; } = [];

    /// <summary>
    /// The command that tells, after an interruption, whether the run's backup was taken: exit code 0 is yes, 1 is no. Empty: another one
    /// is taken.
    /// </summary>
    public IReadOnlyList<string> Probe { get; set; } = [];

    /// <summary>How long taking one may take; it is enforced. Default 30 minutes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Where commands run; a relative path is taken from the content root. Default: the content root.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>
    /// The variables that commands get from this process besides <c>DEPLOYMENT_ENVIRONMENT</c>, <c>DEPLOYMENT_RELEASE</c> and
    /// <c>DEPLOYMENT_RUN</c>. Default: <c>PATH</c> and <c>HOME</c>.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; set; } = ["PATH", "HOME"];
}
