namespace Deployment.Toolkit;

/// <summary>What the command that puts a release live is given.</summary>
public sealed class CommandActivatorOptions
{
    /// <summary>
    /// The command that writes the live release (<c>1.4.0</c> or <c>1.4.0+commit</c>) as its first line: the program, then its arguments.
    /// Empty: it cannot be told, and after an interruption the command simply runs again.
    /// </summary>
    public IReadOnlyList<string> Current { get; set; } = [];

    /// <summary>Where it runs; a relative path is taken from the content root. Default: the content root.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>
    /// The variables that it gets from this process besides <c>DEPLOYMENT_ENVIRONMENT</c>, <c>DEPLOYMENT_RELEASE</c> and
    /// <c>DEPLOYMENT_RUN</c>. Default: <c>PATH</c> and <c>HOME</c>.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; set; } = ["PATH", "HOME"];

    internal CommandStepOptions ToStepOptions() =>
        new()
        {
            WorkingDirectory = WorkingDirectory,
            PassEnvironment = PassEnvironment,
            IsIdempotent = true,
        };
}
