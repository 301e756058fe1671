namespace Deployment.Toolkit.CommandLine.Commands;

/// <summary>A verb's end before anything was begun.</summary>
internal static class Refusal
{
    internal static DeploymentException Of(string code, string text) => new(DeploymentOutcome.Refused, [new DeploymentMessage(code, text)]);
}
