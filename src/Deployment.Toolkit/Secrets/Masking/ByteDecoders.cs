namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>
/// Read bytes that are written in Base64 or in hexadecimal, one character a byte. What is read stands for the whole run of digits: the
/// digits at the ends of a secret tell bits of it too.
/// </summary>
internal static class ByteDecoders
{
    /// <summary>A run may begin in the middle of something else, and a secret in the middle of a run.</summary>
    internal const int Alignments = 4;

    // Shorter ones hold no secret.
    private const int ShortestBase64 = 6;
    private const int ShortestHex = 8;

    // Lines of a block, as MIME and PEM break them.
    private const int ShortestBrokenLine = 60;
    private const char Border = '\uffff';

    internal static TextView? Base64(TextView view, int alignment)
    {
        var text = view.Text;
        var read = new TextView.Writer(view);
        for (var i = 0; i < text.Length; )
        {
            var end = EndOfRun(text, i);
            if (end - i >= ShortestBase64)
                Decode(read, text, i, end, alignment);
            i = Math.Max(end, i + 1);
        }

        return read.Length == 0 ? null : read.ToView();
    }

    /// <summary><c>70617373</c>, <c>70-61-73-73</c>, <c>70:61:73:73</c>, <c>0x70, 0x61</c>, in either case.</summary>
    internal static TextView? Hex(TextView view)
    {
        var text = view.Text;
        var read = new TextView.Writer(view);
        for (var i = 0; i < text.Length; )
        {
            var digits = 0;
            var end = i;
            for (var at = i; at < text.Length; )
            {
                if (end > i && text[at] is '-' or ':' or ' ' or ',')
                    at++;
                if (end > i && at < text.Length && text[at] == ' ')
                    at++;
                if (at + 1 < text.Length && text[at] == '0' && text[at + 1] is 'x' or 'X')
                    at += 2;
                if (at + 2 > text.Length || !char.IsAsciiHexDigit(text[at]) || !char.IsAsciiHexDigit(text[at + 1]))
                    break;
                // Behind a separator stands one byte alone: what is longer is a word.
                if (end > i && at > end && at + 2 < text.Length && char.IsLetterOrDigit(text[at + 2]))
                    break;

                at += 2;
                digits += 2;
                end = at;
            }

            // The first digit may be the second of a byte.
            if (digits > 0 && end < text.Length && char.IsAsciiHexDigit(text[end]))
                end++;
            if (digits >= ShortestHex)
                DecodeHex(read, text, i, end);
            i = Math.Max(end, i + 1);
        }

        return read.Length == 0 ? null : read.ToView();
    }

    // Every other digit may be the first of a byte.
    private static void DecodeHex(TextView.Writer read, string text, int begin, int end)
    {
        Span<int> pending = [-1, -1];
        foreach (var shift in (ReadOnlySpan<int>)[0, 1])
        {
            var digit = 0;
            for (var at = begin; at < end; at++)
            {
                if (text[at] == '0' && at + 1 < end && text[at + 1] is 'x' or 'X')
                {
                    at++;
                    continue;
                }

                if (!char.IsAsciiHexDigit(text[at]))
                    continue;
                if (digit++ < shift)
                    continue;

                var value = char.IsAsciiDigit(text[at]) ? text[at] - '0' : (text[at] | 0x20) - 'a' + 10;
                if (pending[shift] < 0)
                {
                    pending[shift] = value;
                    continue;
                }

                read.Add((char)((pending[shift] << 4) | value), begin, end);
                pending[shift] = -1;
            }

            read.Add(Border, begin, end);
        }
    }

    private static void Decode(TextView.Writer read, string text, int begin, int end, int alignment)
    {
        var (bits, count, skipped) = (0, 0, 0);
        for (var at = begin; at < end; at++)
        {
            if (Sextet(text[at]) is not (>= 0 and var value) || skipped++ < alignment)
                continue;

            bits = ((bits << 6) | value) & 0xffff;
            count += 6;
            if (count < 8)
                continue;

            count -= 8;
            read.Add((char)((bits >> count) & 0xff), begin, end);
        }

        read.Add(Border, begin, end);
    }

    private static int EndOfRun(string text, int begin)
    {
        var (at, line) = (begin, begin);
        while (at < text.Length)
        {
            if (Sextet(text[at]) >= 0)
            {
                at++;
                continue;
            }

            var next =
                text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? at + 2
                : text[at] == '\n' ? at + 1
                : -1;
            if (next < 0 || at - line < ShortestBrokenLine || next >= text.Length || Sextet(text[next]) < 0)
                break;
            at = line = next;
        }

        if (at == begin)
            return begin;
        while (at < text.Length && text[at] == '=')
            at++;
        return at;
    }

    private static int Sextet(char c) =>
        c switch
        {
            >= 'A' and <= 'Z' => c - 'A',
            >= 'a' and <= 'z' => c - 'a' + 26,
            >= '0' and <= '9' => c - '0' + 52,
            '+' or '-' => 62,
            '/' or '_' => 63,
            _ => -1,
        };
}
