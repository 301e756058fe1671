using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Tests.Execution;

public sealed class RevertingStepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_it_does_is_the_others_way_back_and_back_again_is_the_other()
    {
        var other = new Other();
        var context = Back(new Dictionary<string, string> { ["kept"] = "before" });

        await new RevertingStep(other).ExecuteAsync(context, Token);
        await new RevertingStep(other).RevertAsync(context, Token);

        Assert.Equal(["revert 2.0.0 after 1.0.0, kept before", "execute 2.0.0 after 1.0.0, kept before"], other.Calls);
        Assert.Equal("said", context.Data["saved"]);
    }

    [Theory]
    [InlineData(ProbeOutcome.Done, ProbeOutcome.NotDone)]
    [InlineData(ProbeOutcome.NotDone, ProbeOutcome.Done)]
    [InlineData(ProbeOutcome.Unknown, ProbeOutcome.Unknown)]
    public async Task Where_the_others_effect_is_there_it_is_not_done(ProbeOutcome found, ProbeOutcome expected) =>
        Assert.Equal(expected, await new RevertingStep(new Other { Found = found }).ProbeAsync(Back(), Token));

    [Fact]
    public async Task That_the_other_has_no_way_back_is_known_outside()
    {
        var context = Back();
        await new RevertingStep(new WithoutWayBack()).ExecuteAsync(context, Token);
        Assert.True(context.IsKept);
    }

    // From 2.0.0 back to 1.0.0.
    private static StepContext Back(IReadOnlyDictionary<string, string>? data = null) => new(
        new DeploymentPlan { Kind = RunKind.Rollback, Environment = "Production", Release = new Release("1.0.0"), PreviousRelease = new Release("2.0.0") },
        new DeploymentEnvironment("Production"),
        "20261121-034351-7f3a",
        data);

    private sealed class Other : DeploymentStep
    {
        internal List<string> Calls { get; } = [];

        internal ProbeOutcome Found { get; init; }

        public override string Name => "other";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Called("execute", context);

        public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) => Called("revert", context);

        public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(Found);

        private Task Called(string what, StepContext context)
        {
            Calls.Add($"{what} {context.Release} after {context.PreviousRelease}, kept {context.Data["kept"]}");
            context.Save("saved", "said");
            return Task.CompletedTask;
        }
    }

    private sealed class WithoutWayBack : DeploymentStep
    {
        public override string Name => "without";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
