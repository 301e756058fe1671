namespace Deployment.Toolkit.CommandLine.Tests;

public sealed class CliReferenceTests
{
    [Fact]
    public void The_verb_reference_says_what_the_command_model_says() =>
        Approval.CheckFile(CliReference.Render(), Path.Combine(Approval.Repository(), "docs", "cli.md"));
}
