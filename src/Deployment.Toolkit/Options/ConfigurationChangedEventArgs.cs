namespace Deployment.Toolkit;

/// <summary>Tells how a change of the configuration went.</summary>
public sealed class ConfigurationChangedEventArgs : EventArgs
{
    internal ConfigurationChangedEventArgs(bool isUsed, IReadOnlyList<DeploymentMessage> faults) => (IsUsed, Faults) = (isUsed, faults);

    /// <summary>Whether the new configuration is in use; otherwise the last good one stays.</summary>
    public bool IsUsed { get; }

    /// <summary>Why it was refused; empty when it is in use.</summary>
    public IReadOnlyList<DeploymentMessage> Faults { get; }
}
