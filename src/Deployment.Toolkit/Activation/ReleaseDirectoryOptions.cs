namespace Deployment.Toolkit;

/// <summary>How releases lie in folders, and what makes the live one run.</summary>
public sealed class ReleaseDirectoryOptions
{
    private int _keep = 5;

    /// <summary>
    /// The command that makes what the link names run, for example <c>["sudo", "systemctl", "restart", "notes.service"]</c>: the program,
    /// then its arguments. It runs after the link has changed, again after an interruption, and without a shell. Default: none, for what
    /// looks at the link by itself.
    /// </summary>
    public IReadOnlyList<string> Restart { get; set; } = [];

    /// <summary>
    /// The variables that it gets from this process besides <c>DEPLOYMENT_ENVIRONMENT</c>, <c>DEPLOYMENT_RELEASE</c> and
    /// <c>DEPLOYMENT_RUN</c>. Default: <c>PATH</c> and <c>HOME</c>.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; set; } = ["PATH", "HOME"];

    /// <summary>
    /// A published app that is copied to the release's folder: <see cref="AppContext.BaseDirectory"/> for the app that deploys. What an
    /// earlier run of that release left there, and went back, is replaced; what was verified is not, and another build of the same name is
    /// refused. A relative path is taken from the content root. Default <see langword="null"/>: whoever delivers a release puts it there.
    /// </summary>
    public string? CopyFrom { get; set; }

    /// <summary>
    /// How many verified releases stay. Others that the journal knows are removed after an activation, failed ones and those on hold too;
    /// never the live one and the one before it, and never a folder that no run was about. Default 5; at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Keep
    {
        get => _keep;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _keep = value;
        }
    }
}
