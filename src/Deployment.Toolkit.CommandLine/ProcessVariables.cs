namespace Deployment.Toolkit.CommandLine;

/// <summary>The one place here that reads this process's environment variables: those that say what a terminal can do.</summary>
internal static class ProcessVariables
{
    internal static string? Get(string name) =>
#pragma warning disable RS0030 // What the terminal can do is said in variables (NO_COLOR, TERM), before there is any configuration.
        System.Environment.GetEnvironmentVariable(name);
#pragma warning restore RS0030
}
