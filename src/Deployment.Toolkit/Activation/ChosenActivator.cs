namespace Deployment.Toolkit.Activation;

/// <summary>What puts releases live, when the app says so.</summary>
internal sealed class ChosenActivator
{
    internal ActivatorRegistration Registration { get; set; } = NoActivator.Registration;
}
