namespace Deployment.Toolkit.Environments;

/// <summary>A command that is asked whether a release may enter.</summary>
/// <param name="Name">What the gate is called.</param>
/// <param name="Command">The program, then its arguments.</param>
/// <param name="Timeout">How long it may take.</param>
/// <param name="WorkingDirectory">Where it runs, seen from the content root.</param>
/// <param name="PassEnvironment">The variables that it gets from this process.</param>
internal sealed record CommandGateRules(
    string Name,
    EqualList<string> Command,
    TimeSpan Timeout,
    string? WorkingDirectory,
    EqualList<string> PassEnvironment
);
