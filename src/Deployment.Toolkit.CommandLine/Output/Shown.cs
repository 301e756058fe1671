using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// A piece of a page. A page takes nothing else, and there are two ways to one: from a string, which is cleaned for the terminal, and from
/// an interpolated string, whose holes are. So text from outside can't reach a terminal uncleaned, and only <see cref="Ink"/> can colour.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Shown
{
    private readonly StringBuilder _text;

    public Shown(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (16 * formattedCount));

    private Shown(string clean)
        : this(clean.Length, 0) => AppendLiteral(clean);

    /// <summary>How many places it takes: colours take none.</summary>
    internal int Width { get; private set; }

    public static implicit operator Shown(string text) => new(VisibleText.Line(text));

    /// <summary>A text whose line breaks and tabs stay.</summary>
    internal static Shown Lines(string text) => new(VisibleText.Lines(text));

    internal Shown Painted(string code) => new($"\e[{code}m{_text}\e[0m") { Width = Width };

    public void AppendLiteral(string text) => Append(text, text.Length);

    public void AppendFormatted(Shown? shown)
    {
        if (shown is not null)
            Append(shown._text.ToString(), shown.Width);
    }

    public void AppendFormatted(string? text) => AppendFormatted((Shown)(text ?? ""));

    public void AppendFormatted<T>(T value) => AppendFormatted(Convert.ToString(value, CultureInfo.InvariantCulture));

    public void AppendFormatted<T>(T value, string format)
        where T : IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();

    private void Append(string text, int width)
    {
        _text.Append(text);
        Width += width;
    }
}
