using System.Text;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Tells line and column of places in a text, in their order. It goes over the text once, however many places there are: a settings file is
/// foreign, and may be one line of a million values.
/// </summary>
internal sealed class PlaceCounter
{
    private int _at;
    private int _line = 1;
    private int _column = 1;

    /// <summary>How many bytes were looked at.</summary>
    internal long Steps { get; private set; }

    /// <summary>Goes on to a place behind the last one.</summary>
    internal (int Line, int Column) MoveTo(ReadOnlySpan<byte> text, int place)
    {
        var passed = text[_at..place];
        Steps += passed.Length;
        _at = place;
        var last = passed.LastIndexOf((byte)'\n');
        if (last >= 0)
            (_line, _column) = (_line + passed.Count((byte)'\n'), 1);
        _column += Encoding.UTF8.GetCharCount(passed[(last + 1)..]);
        return (_line, _column);
    }
}
