using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>
/// Read the escapes of URLs, of HTML and XML, and of JSON, C#, shells and the like. What is no escape stays; null where there is none.
/// </summary>
internal static class TextDecoders
{
    private const int LongestEntity = 12;

    /// <summary><c>%C3%A4</c> in either case, and <c>%u00e4</c>.</summary>
    internal static TextView? Percent(TextView view)
    {
        var text = view.Text;
        if (!text.Contains('%', StringComparison.Ordinal))
            return null;

        var read = new TextView.Writer(view);
        var found = false;
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; )
        {
            if (text[i] == '%' && i + 6 <= text.Length && text[i + 1] is 'u' or 'U' && Hex(text.AsSpan(i + 2, 4)) is >= 0 and var unit)
            {
                read.Add((char)unit, i, i += 6);
                found = true;
                continue;
            }

            var size = 0;
            while (
                size < bytes.Length
                && i + (3 * size) + 3 <= text.Length
                && text[i + (3 * size)] == '%'
                && Hex(text.AsSpan(i + (3 * size) + 1, 2)) is >= 0 and var octet
            )
                bytes[size++] = (byte)octet;
            if (size == 0)
            {
                read.Copy(i++);
                continue;
            }

            found = true;
            var isRune = Rune.DecodeFromUtf8(bytes[..size], out var rune, out var used) == OperationStatus.Done;
            if (!isRune)
                used = 1;
            read.Add(isRune ? rune.ToString() : ((char)bytes[0]).ToString(), i, i + (3 * used));
            i += 3 * used;
        }

        return found ? read.ToView() : null;
    }

    /// <summary><c>+</c> for a space, as forms write it.</summary>
    internal static TextView? Plus(TextView view)
    {
        if (!view.Text.Contains('+', StringComparison.Ordinal))
            return null;

        var read = new TextView.Writer(view);
        for (var i = 0; i < view.Text.Length; i++)
            read.Add(view.Text[i] == '+' ? ' ' : view.Text[i], i, i + 1);
        return read.ToView();
    }

    /// <summary><c>&amp;amp;</c>, <c>&amp;#38;</c>, <c>&amp;#x26;</c>.</summary>
    internal static TextView? Entities(TextView view)
    {
        var text = view.Text;
        if (!text.Contains('&', StringComparison.Ordinal))
            return null;

        var read = new TextView.Writer(view);
        var found = false;
        for (var i = 0; i < text.Length; )
        {
            var window = text.AsSpan(i, Math.Min(LongestEntity, text.Length - i));
            if (
                window is ['&', ..]
                && window.IndexOf(';') is > 1 and var end
                && WebUtility.HtmlDecode(window[..(end + 1)].ToString()) is { Length: <= 2 } decoded
            )
            {
                read.Add(decoded, i, i += end + 1);
                found = true;
            }
            else
            {
                read.Copy(i++);
            }
        }

        return found ? read.ToView() : null;
    }

    /// <summary>A backslash and what it stands for with the character behind it.</summary>
    internal static TextView? Backslashes(TextView view)
    {
        var text = view.Text;
        if (!text.Contains('\\', StringComparison.Ordinal))
            return null;

        var read = new TextView.Writer(view);
        for (var i = 0; i < text.Length; )
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                read.Copy(i++);
                continue;
            }

            var (decoded, used) = Escape(text.AsSpan(i));
            read.Add(decoded, i, i + used);
            i += used;
        }

        return read.ToView();
    }

    private static (string Decoded, int Used) Escape(ReadOnlySpan<char> text)
    {
        switch (text[1])
        {
            case 'u' when text.Length >= 6 && Hex(text.Slice(2, 4)) is >= 0 and var unit:
                return (((char)unit).ToString(), 6);
            case 'u'
                when text.Length >= 4
                    && text[2] == '{'
                    && text[3..].IndexOf('}') is > 0 and <= 6 and var end
                    && Code(text.Slice(3, end)) is { } braced:
                return (braced, end + 4);
            case 'U' when text.Length >= 10 && Code(text.Slice(2, 8)) is { } rune:
                return (rune, 10);
            case 'x' when text.Length >= 4 && Hex(text.Slice(2, 2)) is >= 0 and var octet:
                return (((char)octet).ToString(), 4);
            case >= '0' and <= '3' when text.Length >= 4 && text[2] is >= '0' and <= '7' && text[3] is >= '0' and <= '7':
                return (((char)(((text[1] - '0') * 64) + ((text[2] - '0') * 8) + text[3] - '0')).ToString(), 4);
            // A line that goes on behind its end.
            case '\n':
                return ("", 2);
            default:
                return (
                    text[1] switch
                    {
                        'n' => "\n",
                        'r' => "\r",
                        't' => "\t",
                        'b' => "\b",
                        'f' => "\f",
                        'v' => "\v",
                        'a' => "\a",
                        'e' => "\e",
                        '0' => "\0",
                        var other => other.ToString(),
                    },
                    2
                );
        }
    }

    private static string? Code(ReadOnlySpan<char> digits) =>
        Hex(digits) is >= 0 and var value && Rune.IsValid(value) ? new Rune(value).ToString() : null;

    internal static int Hex(ReadOnlySpan<char> digits)
    {
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
                return -1;
        }

        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : -1;
    }
}
