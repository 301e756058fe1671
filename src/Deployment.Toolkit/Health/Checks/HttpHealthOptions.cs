using System.Net;
using Deployment.Toolkit.Health.Checks;

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

    internal List<JsonExpectation> Expectations { get; } = [];

    /// <summary>
    /// Looks at a value in the answer, which then has to be JSON of at most a mebibyte. For example
    /// <c>h.Json("$.quality").AtLeast(0.5).DegradedBelow(0.7)</c>.
    /// </summary>
    /// <param name="path">
    /// Where it stands: a singular query of JSONPath, https://www.rfc-editor.org/rfc/rfc9535, of names and indexes: <c>$.quality</c>,
    /// <c>$.items[0].state</c>, <c>$['a name']</c>.
    /// </param>
    /// <returns>What says how it has to be.</returns>
    /// <exception cref="FormatException">The path is none of these.</exception>
    public JsonExpectation Json(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var expectation = new JsonExpectation(JsonPlace.Parse(path));
        Expectations.Add(expectation);
        return expectation;
    }
}
