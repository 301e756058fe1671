using System.CommandLine.Parsing;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>
/// Addresses of an app's endpoints as people type them. A user's name and password in them would stand in the shell's history.
/// </summary>
internal static class EndpointAddress
{
    internal static Uri? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
            return url;

        var option = (result.Parent as OptionResult)?.Option.Name ?? "--url";
        result.AddError(
            $"Option '{option}' is no address to ask: http or https, with a host, and without a user's name. Write for example {option} "
                + $"https://app.example.org/{(option == "--url" ? "health/ready" : "metrics")}."
        );
        return null;
    }
}
