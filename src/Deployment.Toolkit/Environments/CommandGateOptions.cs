namespace Deployment.Toolkit;

/// <summary>How a command that is a gate runs.</summary>
public sealed class CommandGateOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>How long it may take; then it and all that it started is ended, and the gate is errored. Default 5 minutes; at most 24
    /// hours.</summary>
    public TimeSpan Timeout
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            field = value;
        }
    } = TimeSpan.FromMinutes(5);

    /// <summary>Where it runs; a relative path is taken from the content root. Default: the content root.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>
    /// The variables that it gets from this process besides <c>DEPLOYMENT_ENVIRONMENT</c>, <c>DEPLOYMENT_RELEASE</c> and
    /// <c>DEPLOYMENT_COMMIT</c>. Default: <c>PATH</c> and <c>HOME</c>.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; set; } = ["PATH", "HOME"];
}
