using System.Net;

namespace Deployment.Toolkit;

/// <summary>What an address has to answer so that it counts as well.</summary>
public sealed class HttpHealthOptions
{
    /// <summary>The statuses that are good. Default: none, so that each from 200 to 299 is.</summary>
    public ISet<HttpStatusCode> Statuses { get; } = new HashSet<HttpStatusCode>();

    /// <summary>
    /// Headers that the answer must have, with their value; <see langword="null"/> lets any value pass. Default: none.
    /// </summary>
    public IDictionary<string, string?> AnswerHeaders { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Headers that are sent, made anew each time, so that a renewed key is used. Default: none.</summary>
    public Func<IReadOnlyDictionary<string, string>>? RequestHeaders { get; set; }

    /// <summary>Whether <c>HEAD</c> is sent instead of <c>GET</c>. Default <see langword="false"/>.</summary>
    public bool UseHead { get; set; }
}
