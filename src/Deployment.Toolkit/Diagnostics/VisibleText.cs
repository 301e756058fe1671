using System.Buffers;
using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>
/// Text from outside (names, drivers' errors, step output, values), made fit for a terminal: what would move the cursor, colour, write to
/// the clipboard, turn the reading direction round or stay unseen is shown as an escape. Every text that people read passes here.
/// </summary>
internal static class VisibleText
{
    /// <summary>What is shown of one text; nobody reads on, and a line of megabytes would hide the others.</summary>
    internal const int Longest = 64 * 1024;

    private static readonly SearchValues<char> ColourNumbers = SearchValues.Create("0123456789;");

    /// <summary>One line: also line breaks and tabs are shown as escapes, so that a name can't forge a line.</summary>
    internal static string Line(string text) => Clean(text, keepsLines: false);

    /// <summary>A text of several lines, whose line breaks and tabs stay.</summary>
    internal static string Lines(string text) => Clean(text, keepsLines: true);

    /// <summary>The same, and colours stay, which console loggers write.</summary>
    internal static string Logged(string text)
    {
        if (!text.Contains('\e', StringComparison.Ordinal))
            return Lines(text);

        var clean = new StringBuilder(text.Length + 16);
        var at = 0;
        for (var escape = text.IndexOf('\e', StringComparison.Ordinal); escape >= 0; escape = text.IndexOf('\e', escape + 1))
        {
            if (ColourOf(text.AsSpan(escape)) is not (> 0 and var length))
                continue;

            clean.Append(Lines(text[at..escape])).Append(text, escape, length);
            at = escape + length;
        }

        return clean.Append(Lines(text[at..])).ToString();
    }

    // ESC, a bracket, numbers and an m set colours and do nothing else.
    private static int ColourOf(ReadOnlySpan<char> text)
    {
        if (text is not ['\e', '[', ..])
            return 0;

        var end = text[2..].IndexOfAnyExcept(ColourNumbers);
        return end >= 0 && text[2 + end] == 'm' ? end + 3 : 0;
    }

    private static string Clean(string text, bool keepsLines)
    {
        var cut = keepsLines || text.Length <= Longest ? text.Length : Longest;
        if (cut == text.Length && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;

        var clean = new StringBuilder(cut + 16);
        for (var i = 0; i < cut; )
        {
            var status = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used);
            if (status != OperationStatus.Done)
                Escape(clean, text[i]);
            else if (IsVisible(rune) || (keepsLines && rune.Value is '\n' or '\r' or '\t' && IsBreak(text, i)))
                clean.Append(text, i, used);
            else
                foreach (var unit in text.AsSpan(i, used))
                    Escape(clean, unit);
            i += used;
        }

        if (cut < text.Length)
            clean.Append(CultureInfo.InvariantCulture, $"… and {text.Length - cut} more characters");
        return clean.ToString();
    }

    // A carriage return alone goes back to the line's beginning and overwrites it.
    private static bool IsBreak(string text, int at) => text[at] != '\r' || (at + 1 < text.Length && text[at + 1] == '\n');

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
            );

    private static void Escape(StringBuilder clean, char unit) =>
        _ = unit switch
        {
            '\n' => clean.Append("\\n"),
            '\r' => clean.Append("\\r"),
            '\t' => clean.Append("\\t"),
            _ => clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
        };
}
