using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// What a process writes beside a verb's result: logs, and the app's own lines. Secrets are masked in it, and of what a terminal obeys only
/// colours get through: a log may hold text from anywhere. While a line moves on the terminal it is handed on in whole lines, so that
/// neither tears the other.
/// </summary>
internal sealed class OtherOutput(TextWriter error) : TextWriter
{
    // What never ends a line is shown all the same.
    private const int LongestLine = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();
    private Action<string>? _lines;

    public override Encoding Encoding => error.Encoding;

    /// <summary>Masks secrets; <see langword="null"/> before there is a host that knows them.</summary>
    internal Func<string, string>? Mask { private get; set; }

    /// <summary>Who shows whole lines; <see langword="null"/> lets everything through as it comes.</summary>
    internal Action<string>? Lines
    {
        set
        {
            lock (_gate)
            {
                if (_line.Length > 0)
                    error.Write(_line);
                _line.Clear();
                _lines = value;
            }
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        // Outside the lock: what a mask asks may write here itself. A logger writes a message at once, so that no secret comes in halves.
        if (Mask is { } mask && buffer.Length > 1)
            buffer = mask(buffer.ToString());
        lock (_gate)
        {
            if (_lines is null)
            {
                error.Write(VisibleText.Logged(buffer.ToString()));
                return;
            }

            while (!buffer.IsEmpty)
            {
                var end = buffer.IndexOf('\n');
                _line.Append(end < 0 ? buffer : buffer[..end]);
                buffer = end < 0 ? [] : buffer[(end + 1)..];
                if (end < 0 && _line.Length < LongestLine)
                    continue;

                _lines(_line.ToString().TrimEnd('\r'));
                _line.Clear();
            }
        }
    }

    public override void Flush() => error.Flush();
}
