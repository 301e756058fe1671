using Deployment.Toolkit.Configuration.Binding;

namespace Deployment.Toolkit.Configuration.Options;

/// <summary>All owned options, bound and judged from one state of the configuration.</summary>
internal sealed class ConfigurationSnapshot(EffectiveConfiguration configuration, object?[] options, IReadOnlyList<DeploymentMessage>[] faultsOf, IReadOnlyList<DeploymentMessage> faults, DateTimeOffset takenAt)
{
    internal EffectiveConfiguration Configuration { get; } = configuration;

    internal object? this[int index] => options[index];

    /// <summary>Faults of one options object.</summary>
    internal IReadOnlyList<DeploymentMessage> FaultsOf(int index) => faultsOf[index];

    /// <summary>Every fault, in the order of files, lines and keys.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults { get; } = faults;

    internal DateTimeOffset TakenAt { get; } = takenAt;

    internal bool IsGood => Faults.All(static fault => fault.Severity != MessageSeverity.Error);
}
