using System.Reflection;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Steps;

/// <summary>A step that plans are made of, with how patient the engine is with it.</summary>
internal sealed class CatalogStep
{
    private readonly Func<Func<DeploymentStep, Task>, Task> _use;

    private CatalogStep(DeploymentStep planning, StepRole role, StepOptions options, Func<Func<DeploymentStep, Task>, Task> use)
    {
        (Planning, Role, Options, _use) = (planning, role, options, use);
        (Name, IsIdempotent, Irreversible) = (
            planning.Name,
            planning.IsIdempotent,
            planning.GetType().GetCustomAttribute<IrreversibleAttribute>()?.Reason
        );
    }

    internal string Name { get; }

    internal StepRole Role { get; }

    /// <summary>The database that it is about, where the app has several and each has one.</summary>
    internal string? Database { get; private init; }

    internal bool IsIdempotent { get; }

    /// <summary>Why its effect cannot be taken back, as its class says.</summary>
    internal string? Irreversible { get; }

    internal StepOptions Options { get; }

    /// <summary>The step that describes itself while a plan is made. Nothing is done with it.</summary>
    internal DeploymentStep Planning { get; }

    internal static CatalogStep BuiltIn(StepRole role, DeploymentStep step, TimeSpan timeout, string? database = null) =>
        new(step, role, new StepOptions { Timeout = timeout }, work => work(step)) { Database = database };

    internal static CatalogStep Own(DeploymentStep planning, StepRegistration registration, IServiceProvider services, ILogger logger) =>
        new(
            planning,
            StepRole.Own,
            registration.Options,
            work => OwnScope.UseAsync(services, registration.What, registration.Create, logger, work, registration.IsShared)
        );

    /// <summary>The step that takes this one's effect away.</summary>
    internal CatalogStep Reverting() =>
        new(new RevertingStep(Planning), Role, Options, work => _use(step => work(new RevertingStep(step)))) { Database = Database };

    /// <summary>Does one thing with a step that is made for it and disposed afterwards: an attempt, a way back, a probe.</summary>
    internal Task UseAsync(Func<DeploymentStep, Task> work) => _use(work);
}
