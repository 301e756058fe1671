namespace Deployment.Toolkit.Health.Checks;

internal static class RemoteAddress
{
    /// <summary>How an address is shown: a query or a user's name may be a secret.</summary>
    internal static string Shown(Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
