using System.Text;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>One request of a synthetic transaction.</summary>
internal sealed record SyntheticRequest(HttpMethod Method, string Path, Func<HttpContent>? Content, HttpHealthOptions Options)
{
    private static readonly Regex Placeholder = new(@"\{(?<name>[^{}]+)\}", RegexOptions.NonBacktracking);

    internal List<(string Name, JsonPlace Place)> Kept { get; } = [];

    /// <summary>What its path names.</summary>
    internal IEnumerable<string> Names => Placeholder.Matches(Path).Select(static match => match.Groups["name"].Value);

    internal Uri AddressUnder(Uri address, IReadOnlyDictionary<string, string> kept)
    {
        var path = Placeholder.Replace(Path, match => Uri.EscapeDataString(kept[match.Groups["name"].Value]));
        var text = new StringBuilder(address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
        while (text.Length > 0 && text[^1] == '/')
            text.Length--;
        return new Uri(text.Append(path).ToString());
    }

    // As it was written: what stands for a name came from outside.
    public override string ToString() => $"{Method} {Path}";
}
