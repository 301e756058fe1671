using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class StepAnalyzerTests
{
    private const string Idempotent = "public override bool IsIdempotent => true;";
    private const string Probe = "public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken token) => Task.FromResult(ProbeOutcome.Done);";
    private const string Revert = "public override Task RevertAsync(StepContext context, CancellationToken token) => Task.CompletedTask;";
    private const string Execute = "public override string Name => \"x\"; public override Task ExecuteAsync(StepContext context, CancellationToken token) => Task.CompletedTask;";

    [Theory]
    [InlineData("public class {|DTK6003:Announce|} : DeploymentStep { " + Execute + " }")]
    [InlineData("public class {|DTK6003:Announce|} : DeploymentStep { " + Execute + Idempotent + " }")]
    [InlineData("public class {|DTK6003:Announce|} : DeploymentStep { " + Execute + Revert + " }")]
    [InlineData("public class {|DTK6003:Announce|} : DeploymentStep { " + Execute + Revert + "public override bool IsIdempotent => false; }")]
    [InlineData("[Irreversible(\"sent\")] public class {|DTK6003:Announce|} : DeploymentStep { " + Execute + " }")]
    [InlineData("public abstract class Base : DeploymentStep { " + Execute + Idempotent + " } public class {|DTK6003:Announce|} : Base;")]
    public Task A_step_that_lacks_something_is_reported(string code) => RuleTest.Reports<StepAnalyzer>("using Deployment.Toolkit;\n" + code);

    [Theory]
    [InlineData("public class Announce : DeploymentStep { " + Execute + Idempotent + Revert + " }")]
    [InlineData("public class Announce : DeploymentStep { " + Execute + Probe + Revert + " }")]
    [InlineData("[Irreversible(\"sent\")] public class Announce : DeploymentStep { " + Execute + Probe + " }")]
    [InlineData("public class Announce : DeploymentStep { " + Execute + "public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken token) => new(new StepDescription(\"looks\") { ChangesNothing = true }); }")]
    [InlineData("public class Announce : DeploymentStep { " + Execute + Idempotent + "public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken token) => new(new StepDescription(\"sends\") { Irreversible = \"sent\" }); }")]
    [InlineData("public abstract class Base : DeploymentStep { " + Execute + Idempotent + Revert + " } public class Announce : Base;")]
    [InlineData("public abstract class Announce : DeploymentStep { " + Execute + " }")]
    [InlineData("public class Announce(bool idempotent) : DeploymentStep { " + Execute + Revert + "public override bool IsIdempotent => idempotent; }")]
    public Task A_step_that_has_all_is_silent(string code) => RuleTest.Reports<StepAnalyzer>("using Deployment.Toolkit;\n" + code);

    [Fact]
    public Task Both_faults_are_said_in_one_message() => RuleTest.Expects<StepAnalyzer>(
        "using Deployment.Toolkit;\npublic class {|#0:Announce|} : DeploymentStep { " + Execute + " }",
        new DiagnosticResult(Rules.StepWithoutWayBack).WithLocation(0).WithMessage(
            "Step 'Announce' has no way back: override RevertAsync, or mark the class with [Irreversible(\"why\")]; and it is not idempotent and has no probe, " +
            "so that a run interrupted in it stops for a person: override ProbeAsync or IsIdempotent."));
}
