using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Options;

/// <summary>All owned options, bound and judged from one state of the configuration.</summary>
internal sealed class ConfigurationSnapshot(
    EffectiveConfiguration configuration,
    object?[] options,
    IReadOnlyList<DeploymentMessage>[] faultsOf,
    IReadOnlyList<DeploymentMessage> faults,
    DateTimeOffset takenAt
)
{
    internal EffectiveConfiguration Configuration { get; } = configuration;

    internal object? this[int index] => options[index];

    /// <summary>Faults of one options object.</summary>
    internal IReadOnlyList<DeploymentMessage> FaultsOf(int index) => faultsOf[index];

    /// <summary>Every fault, in the order of files, lines and keys.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults { get; } = faults;

    internal DateTimeOffset TakenAt { get; } = takenAt;

    /// <summary>The same with messages that anybody may read: what validators and setters say may repeat a value.</summary>
    internal ConfigurationSnapshot Masked(Func<DeploymentMessage, DeploymentMessage> redact) =>
        new(
            Configuration,
            options,
            [.. faultsOf.Select(faults => (IReadOnlyList<DeploymentMessage>)[.. faults.Select(redact)])],
            [.. Faults.Select(redact)],
            TakenAt
        );

    internal bool IsGood => Faults.All(static fault => fault.Severity != MessageSeverity.Error);
}
