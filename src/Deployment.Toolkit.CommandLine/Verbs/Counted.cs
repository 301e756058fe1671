using System.CommandLine.Parsing;
using System.Globalization;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>Numbers of things as people type them.</summary>
internal static class Counted
{
    internal static int Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
            return count;

        var option = (result.Parent as OptionResult)?.Option.Name ?? "The argument";
        result.AddError($"Option '{option}' is '{text}', which is no whole number above zero. Write for example {option} 3.");
        return 0;
    }
}
