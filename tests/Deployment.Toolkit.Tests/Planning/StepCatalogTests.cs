using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Tests.Planning;

public sealed class StepCatalogTests
{
    [Fact]
    public void Several_built_in_steps_of_one_role_stand_in_the_order_of_their_room_and_are_found_by_name()
    {
        CatalogStep[] builtIn =
        [
            Of(StepRole.VerifyHealth, DeploymentSteps.VerifyHealth), Of(StepRole.Activate, "a tenth of the traffic"), Of(StepRole.Activate, "all of the traffic"), Of(StepRole.Migrate, DeploymentSteps.Migrate),
        ];

        var catalog = StepCatalog.Build(builtIn, []);

        Assert.Equal([DeploymentSteps.Migrate, "a tenth of the traffic", "all of the traffic", DeploymentSteps.VerifyHealth], catalog.Steps.Select(static step => step.Name));
        Assert.Equal(["a tenth of the traffic", "all of the traffic"], catalog.Of(StepRole.Activate).Select(static step => step.Name));
        Assert.Equal("all of the traffic", catalog.Find("all of the traffic")?.Name);
        Assert.Throws<InvalidOperationException>(() => catalog.Get(StepRole.Activate));
    }

    [Fact]
    public void Two_steps_of_one_name_are_refused_also_when_both_are_built_in()
    {
        CatalogStep[] builtIn = [Of(StepRole.Activate, "shift"), Of(StepRole.Activate, "shift")];

        var exception = Assert.Throws<DeploymentException>(() => StepCatalog.Build(builtIn, []));

        Assert.Contains("'shift' exists 2 times", Assert.Single(exception.Messages).Text, StringComparison.Ordinal);
    }

    private static CatalogStep Of(StepRole role, string name) => CatalogStep.BuiltIn(role, new Named(name), TimeSpan.FromMinutes(1));

    private sealed class Named(string name) : DeploymentStep
    {
        public override string Name => name;

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
