using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Execution;

/// <summary>Steps that do what a test says and remember in which order they were called.</summary>
internal sealed class ScriptedSteps
{
    internal List<string> Calls { get; } = [];

    internal Dictionary<string, Func<CancellationToken, Task>> Execute { get; } = [];

    internal Dictionary<string, Func<CancellationToken, Task>> Revert { get; } = [];

    internal Action<StepOptions> Options { get; init; } = static _ => { };

    internal ProbeOutcome Probe { get; init; }

    internal bool IsIdempotent { get; init; }

    /// <summary>An app with these steps before the health gate, in this order.</summary>
    internal TestApp App(params string[] names)
    {
        var app = new TestApp();
        app.Configure = deployment =>
        {
            var first = names.Length > 0 ? Register<Slot0>(deployment, names, 0) : deployment;
            var second = names.Length > 1 ? Register<Slot1>(first, names, 1) : first;
            if (names.Length > 2) Register<Slot2>(second, names, 2);
        };
        return app;
    }

    private DeploymentBuilder Register<TSlot>(DeploymentBuilder deployment, string[] names, int index)
        where TSlot : Slot
    {
        deployment.Host.Services.AddKeyedSingleton(index, new Assignment(this, names[index]));
        return deployment.AddStep<TSlot>(Options);
    }

    internal sealed record Assignment(ScriptedSteps Script, string Name);

    internal abstract class Slot(IServiceProvider services, int index) : DeploymentStep
    {
        private readonly Assignment _self = services.GetRequiredKeyedService<Assignment>(index);

        public override string Name => _self.Name;

        public override bool IsIdempotent => _self.Script.IsIdempotent;

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Call("do ", _self.Script.Execute, cancellationToken);

        public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) => Call("undo ", _self.Script.Revert, cancellationToken);

        public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(_self.Script.Probe);

        private Task Call(string what, Dictionary<string, Func<CancellationToken, Task>> script, CancellationToken cancellationToken)
        {
            lock (_self.Script.Calls) _self.Script.Calls.Add(what + Name);
            return script.TryGetValue(Name, out var work) ? work(cancellationToken) : Task.CompletedTask;
        }
    }

    internal sealed class Slot0(IServiceProvider services) : Slot(services, 0);

    internal sealed class Slot1(IServiceProvider services) : Slot(services, 1);

    internal sealed class Slot2(IServiceProvider services) : Slot(services, 2);

    [Irreversible("the customers have read it")]
    internal sealed class Notice : DeploymentStep
    {
        public override string Name => "notice";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
