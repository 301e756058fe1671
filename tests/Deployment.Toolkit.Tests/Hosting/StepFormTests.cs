using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Hosting;

public sealed class StepFormTests
{
    [Fact]
    public async Task A_function_makes_a_step_anew_each_time_and_two_functions_are_two_steps()
    {
        var made = new List<Named>();
        Func<IServiceProvider, Named> first = _ => Made("first"), second = _ => Made("second");
        using var app = new TestApp { Configure = deployment => deployment.AddStep(first).AddStep(first).AddStep(second, static o => o.After = "first") };

        var up = await app.UpAsync();

        Assert.Equal(["first", "second"], up.Run!.Steps.Select(static step => step.Name).Where(static name => name is "first" or "second"));
        // Each once for the plan, once for the plan under the lock and once for its attempt, or fewer where one is kept; never one for two.
        Assert.Equal(made.Count, made.Distinct().Count());
        Assert.All(made, static step => Assert.Equal(1, step.Disposed));
        Assert.All(["first", "second"], name => Assert.Equal(1, made.Where(step => step.Name == name).Sum(static step => step.Executed)));

        Named Made(string name)
        {
            var step = new Named(name);
            made.Add(step);
            return step;
        }
    }

    [Fact]
    public async Task An_instance_is_used_as_it_is_and_stays_its_owners()
    {
        var step = new Named("mine");
        using var app = new TestApp { Configure = deployment => deployment.AddStep(step).AddStep(step) };

        var up = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, up.Outcome);
        Assert.Single(up.Run!.Steps, static one => one.Name == "mine");
        Assert.Equal((1, 0), (step.Executed, step.Disposed));
    }

    [Fact]
    public async Task What_an_instances_class_says_of_its_effect_holds()
    {
        using var app = new TestApp { Configure = static deployment => deployment.AddStep(new Told()) };

        var plan = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));

        Assert.Equal("a letter is sent", Assert.Single(plan.Plan!.Steps, static step => step.Name == "told").Irreversible);
    }

    [Theory]
    [InlineData(true, DeploymentOutcome.Succeeded)]
    [InlineData(false, DeploymentOutcome.RolledBack)]
    public async Task The_health_gates_options_are_set_like_any_others(bool allow, DeploymentOutcome outcome)
    {
        using var app = new TestApp { Health = HealthCheckResult.Degraded("slow") };
        app.Configure = deployment => deployment.AddStep(new Named("mine")).Host.Services.Configure<HealthGateOptions>(options => options.AllowDegraded = allow);

        Assert.Equal(outcome, (await app.UpAsync()).Outcome);
    }

    private sealed class Named(string name) : DeploymentStep, IDisposable
    {
        internal int Executed { get; private set; }

        internal int Disposed { get; private set; }

        public override string Name => name;

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
        {
            Executed++;
            return Task.CompletedTask;
        }

        public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => Disposed++;
    }

    [Irreversible("a letter is sent")]
    private sealed class Told : DeploymentStep
    {
        public override string Name => "told";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
