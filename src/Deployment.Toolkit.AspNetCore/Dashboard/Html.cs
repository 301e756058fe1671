using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>Markup that is ready to be sent.</summary>
internal readonly record struct Html(string Text)
{
    internal static readonly Html Empty = new("");

    public override string ToString() => Text ?? "";
}

/// <summary>
/// Makes markup of interpolated text: what stands in the source is markup, every value is masked, cleaned and encoded. There is no way to
/// put a value in as it is.
/// </summary>
internal sealed class HtmlText(Func<string, string> redact)
{
    // Longer texts of an app are cut: a page is for people.
    private const int Longest = 16 * 1024;

    [SuppressMessage("Performance", "CA1822", Justification = "The handler is made with the instance.")]
    internal Html Of([InterpolatedStringHandlerArgument("")] ref HtmlHandler text) => new(text.ToString());

    internal string Encode(string value)
    {
        var shown = redact(value.Length > Longest ? string.Concat(value.AsSpan(0, Longest), "…") : value);
        return HtmlEncoder.Default.Encode(string.Create(shown.Length, shown, Clean));
    }

    private static void Clean(Span<char> into, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            // Characters that turn the direction of text around make a line read otherwise than it is.
            var isHarmless =
                c is '\n' or '\t'
                || (
                    !char.IsControl(c)
                    && CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse)
                );
            into[i] = isHarmless ? c : '\uFFFD';
        }
    }
}

/// <summary>Collects an interpolated text for <see cref="HtmlText"/>.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler
{
    private readonly StringBuilder _text;
    private readonly HtmlText _encoder;

    public HtmlHandler(int literalLength, int formattedCount, HtmlText encoder) =>
        (_text, _encoder) = (new StringBuilder(literalLength + (formattedCount * 16)), encoder);

    public void AppendLiteral(string value) => _text.Append(value);

    public void AppendFormatted(Html value) => _text.Append(value.Text);

    public void AppendFormatted(IEnumerable<Html> values)
    {
        foreach (var value in values)
            _text.Append(value.Text);
    }

    public void AppendFormatted(string? value) => _text.Append(_encoder.Encode(value ?? ""));

    public void AppendFormatted(int value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(double value, string format) => _text.Append(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
