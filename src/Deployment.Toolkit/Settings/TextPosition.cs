using System.Text;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// Turns byte offsets of a UTF-8 text into lines and columns. It only walks forward, so a file is walked once however long its lines are.
/// </summary>
internal ref struct TextPosition(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    internal (int Line, int Column) At(long offset)
    {
        var between = _text[_offset..(int)Math.Min(offset, _text.Length)];
        var lastBreak = between.LastIndexOf((byte)'\n');
        if (lastBreak >= 0)
        {
            _line += between.Count((byte)'\n');
            _column = 1;
            _column += Encoding.UTF8.GetCharCount(between[(lastBreak + 1)..]);
        }
        else
        {
            _column += Encoding.UTF8.GetCharCount(between);
        }

        _offset += between.Length;
        return (_line, _column);
    }
}
