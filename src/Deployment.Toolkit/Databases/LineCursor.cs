using System;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// Turns ascending offsets into lines and columns. It only ever walks forward, so that all positions of a script together
/// cost one pass over it and no table of its lines. CRLF, LF and CR each end a line.
/// </summary>
internal struct LineCursor(string text)
{
    private int scanned;
    private int line = 1;
    private int lineStart;

    /// <summary>The line and column of <paramref name="offset"/>, which must not lie before an earlier one.</summary>
    public (int Line, int Column) MoveTo(int offset)
    {
        while (scanned < offset)
        {
            var step = text.AsSpan(scanned, offset - scanned).IndexOfAny('\r', '\n');
            if (step < 0)
            {
                scanned = offset;
                break;
            }

            var at = scanned + step;
            if (text[at] == '\r' || at == 0 || text[at - 1] != '\r')
                line++;
            lineStart = scanned = at + 1;
        }

        return (line, offset - lineStart + 1);
    }
}
