using System.Text;

namespace Deployment.Toolkit.Platform;

/// <summary>Makes lines of a stream's bytes as they come: UTF-8, ended by LF or CRLF, each bounded.</summary>
internal sealed class LineSplitter(Action<string> onLine)
{
    internal const int MaxBytes = 8 * 1024;
    internal const string CutMark = "… (cut)";

    // One byte more than a line may have: room for the CR of a line that is just long enough, and the sight of where a character starts.
    private readonly byte[] _line = new byte[MaxBytes + 1];
    private int _length;
    private bool _overflowed;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            Keep(bytes[..end]);
            Emit();
            bytes = bytes[(end + 1)..];
        }

        Keep(bytes);
    }

    /// <summary>Hands on a last line that no line end closed.</summary>
    internal void Complete()
    {
        if (_length > 0)
            Emit();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var room = _line.Length - _length;
        if (bytes.Length > room)
        {
            _overflowed = true;
            bytes = bytes[..room];
        }

        bytes.CopyTo(_line.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Emit()
    {
        var length = _length;
        if (!_overflowed && length > 0 && _line[length - 1] == '\r')
            length--;
        var cut = length > MaxBytes;
        if (cut)
        {
            length = MaxBytes;
            while (length > MaxBytes - 4 && (_line[length] & 0xC0) == 0x80)
                length--;
        }

        var text = Encoding.UTF8.GetString(_line, 0, length);
        _length = 0;
        _overflowed = false;
        onLine(cut ? text + CutMark : text);
    }
}
