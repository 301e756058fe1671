using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit;

/// <summary>Who sees the dashboard, and how it is headed.</summary>
public sealed class DashboardOptions
{
    private string _title = "Deployments";

    /// <summary>The heading. Default <c>Deployments</c>.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string Title
    {
        get => _title;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _title = value;
        }
    }

    /// <summary>
    /// Who may see it, asked for every request. <see langword="null"/>, the default: everybody in environment <c>Development</c>; elsewhere
    /// those whom <c>RequireAuthorization()</c> on the mapped dashboard lets in, and nobody when it isn't called.
    /// </summary>
    public Func<HttpContext, bool>? Allow { get; set; }
}
