using System.Globalization;

namespace Deployment.Toolkit.Notifications;

/// <summary>Fits text into what a receiver takes: the beginning says what was done, the end why it failed, so the middle goes.</summary>
internal static class ShortenedText
{
    /// <summary>At most that many characters, and no half of a pair of them.</summary>
    internal static string Middle(string text, int most)
    {
        if (text.Length <= most)
            return text;

        var mark = string.Create(CultureInfo.InvariantCulture, $"\n… {text.Length - most} characters left out …\n");
        if (mark.Length >= most)
            return End(text, most);

        var (head, tail) = ((most - mark.Length) / 3, most - mark.Length - (most - mark.Length) / 3);
        if (head > 0 && char.IsHighSurrogate(text[head - 1]))
            head--;
        var from = text.Length - tail;
        if (char.IsLowSurrogate(text[from]))
            from++;
        return string.Concat(text.AsSpan(0, head), mark, text.AsSpan(from));
    }

    /// <summary>Cuts off the end.</summary>
    internal static string End(string text, int most)
    {
        if (text.Length <= most)
            return text;
        var length = Math.Max(0, most - 1);
        if (length > 0 && char.IsHighSurrogate(text[length - 1]))
            length--;
        return text[..length] + "…";
    }
}
