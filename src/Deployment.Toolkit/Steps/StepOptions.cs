using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>Where one of the app's own steps stands, and how patient the engine is with it.</summary>
public class StepOptions
{
    /// <summary>
    /// The step that it comes directly before. Default: <see cref="DeploymentSteps.VerifyHealth"/>, unless <see cref="After"/> is set.
    /// </summary>
    public string? Before { get; set; }

    /// <summary>The step that it comes directly after; steps that name the same one keep the order of their registration.</summary>
    public string? After { get; set; }

    /// <summary>
    /// How long one attempt may take. It is enforced: a step that ignores its token is abandoned and reported. Default 5 minutes; at most
    /// 30 days.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often it is tried again after a failure. Default 0.</summary>
    public int Retries { get; set; }

    /// <summary>
    /// The pause before the first retry; each further one is about twice as long, with jitter. Default 1 second; at most a day.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the deployment goes back when it fails. A step that isn't required is only reported. Default <see langword="true"/>.
    /// </summary>
    public bool IsRequired { get; set; } = true;

    internal virtual IReadOnlyList<Declared> Declared =>
        [
            Registration.Declared.Of(nameof(Before), Before ?? "none"),
            Registration.Declared.Of(nameof(After), After ?? "none"),
            Registration.Declared.Of(nameof(Timeout), Timeout),
            Registration.Declared.Of(nameof(Retries), Retries),
            Registration.Declared.Of(nameof(RetryDelay), RetryDelay),
            Registration.Declared.Of(nameof(IsRequired), IsRequired),
        ];
}

/// <summary>What an external command is given, and how it is taken back.</summary>
public sealed class CommandStepOptions : StepOptions
{
    /// <summary>
    /// The command that takes the effect back: the program, then its arguments. It also runs where the effect was there before the run, so
    /// it must be right then, too. Empty: there is nothing to take back.
    /// </summary>
    public IReadOnlyList<string> Revert { get; set; } = [];

    /// <summary>
    /// The command that tells whether the effect is there: exit code 0 is done, 1 is not done, anything else is unknown. Empty: unknown.
    /// </summary>
    public IReadOnlyList<string> Probe { get; set; } = [];

    /// <summary>Whether it may simply run again after an interruption. Default <see langword="false"/>.</summary>
    public bool IsIdempotent { get; set; }

    /// <summary>Where it runs; a relative path is taken from the content root. Default: the content root.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>
    /// The variables that it gets from this process besides <c>DEPLOYMENT_ENVIRONMENT</c>, <c>DEPLOYMENT_RELEASE</c> and
    /// <c>DEPLOYMENT_RUN</c>. Default: <c>PATH</c> and <c>HOME</c>.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; set; } = ["PATH", "HOME"];

    // Words of a command may hold what it was configured with, so they are compared and not shown.
    internal override IReadOnlyList<Declared> Declared =>
        [
            .. base.Declared,
            new(nameof(Revert), null, string.Join('\0', Revert)),
            new(nameof(Probe), null, string.Join('\0', Probe)),
            Registration.Declared.Of(nameof(IsIdempotent), IsIdempotent),
            Registration.Declared.Of(nameof(WorkingDirectory), WorkingDirectory ?? "the content root"),
            Registration.Declared.Of(nameof(PassEnvironment), string.Join(", ", PassEnvironment)),
        ];
}
