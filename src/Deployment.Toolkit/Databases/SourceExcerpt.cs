namespace Deployment.Toolkit.Databases;

/// <summary>Shows a place in a text: its line and, under it, a caret.</summary>
internal static class SourceExcerpt
{
    private const int Width = 120;
    private const char Cut = '…';

    /// <summary>Renders the line and the caret; empty where the text has no such line, because another line would mislead.</summary>
    /// <param name="text">The whole text, with or without a byte order mark.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column, in characters from 1; brought into the line where it lies outside.</param>
    public static string Render(string text, int line, int column)
    {
        if (!TryFindLine(text.AsSpan(text.StartsWith('\uFEFF') ? 1 : 0), line, out var source))
            return "";

        var caret = Math.Clamp(column - 1, 0, source.Length);
        var start = Math.Clamp(caret - (Width / 2), 0, Math.Max(0, source.Length - Width));
        var length = Math.Min(Width, source.Length - start);
        var window = source.Slice(start, length).ToArray();
        for (var i = 0; i < window.Length; i++)
        {
            // A tab would put the caret elsewhere on every terminal, and an escape character could drive it.
            if (char.IsControl(window[i]))
                window[i] = ' ';
        }

        if (start > 0)
            CutAt(window, 0, 1);
        if (start + length < source.Length)
            CutAt(window, length - 1, length - 2);
        return $"{new string(window)}\n{new string(' ', caret - start)}^";
    }

    private static void CutAt(char[] window, int edge, int neighbour)
    {
        var halved = char.IsSurrogatePair(window[Math.Min(edge, neighbour)], window[Math.Max(edge, neighbour)]);
        window[edge] = Cut;
        if (halved)
            window[neighbour] = ' ';
    }

    private static bool TryFindLine(ReadOnlySpan<char> text, int line, out ReadOnlySpan<char> found)
    {
        for (var current = 1; ; current++)
        {
            var end = text.IndexOfAny('\r', '\n');
            if (current == line || end < 0)
            {
                found = end < 0 ? text : text[..end];
                return current == line;
            }

            text = text[(end + (text[end..].StartsWith("\r\n") ? 2 : 1))..];
        }
    }
}
