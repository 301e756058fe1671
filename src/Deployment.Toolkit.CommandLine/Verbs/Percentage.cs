using System.CommandLine.Parsing;
using System.Globalization;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>Shares as people type them: with a sign, so that nobody takes 1 for all.</summary>
internal static class Percentage
{
    internal static double? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (
            text.EndsWith('%')
            && double.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var percent
            )
            && percent is >= 0 and < 100
        )
            return percent / 100;

        var option = (result.Parent as OptionResult)?.Option.Name ?? "The argument";
        result.AddError($"Option '{option}' is '{text}', which is no percentage from 0% to below 100%. Write for example {option} 1%.");
        return null;
    }
}
