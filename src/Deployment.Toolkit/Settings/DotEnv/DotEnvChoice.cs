namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>Whether the app reads <c>.env</c> files, and how.</summary>
internal sealed class DotEnvChoice
{
    /// <summary><see langword="null"/> when it reads none.</summary>
    internal DotEnvOptions? Options { get; set; }
}
