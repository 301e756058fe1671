namespace Deployment.Toolkit.Notifications;

/// <summary>Somebody to tell. <paramref name="Key"/> is what it is known by, also while it is not made.</summary>
internal sealed record ObserverRegistration(string Key, Func<IServiceProvider, DeploymentObserver> Create)
{
    internal string What => $"Receiver '{Key}'";
}
