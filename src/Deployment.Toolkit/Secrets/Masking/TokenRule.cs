namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>
/// What of a text a mask covers. "la***" tells whoever reads it that a password is "test": so a secret that may be a word or a number
/// counts only where it stands by itself, and any other takes the letters and digits beside it along.
/// </summary>
internal static class TokenRule
{
    private const int ShortestOdd = 6;
    private const int ShortestPlain = 12;

    /// <summary>Whether the find counts; then it covers the whole token.</summary>
    internal static bool Apply(string text, string secret, ref int begin, ref int end)
    {
        var (left, right) = (begin, end);
        if (MayBeWord(secret))
            return !(IsToken(secret[0]) && left > 0 && IsToken(text[left - 1]))
                && !(IsToken(secret[^1]) && right < text.Length && IsToken(text[right]));

        if (IsToken(secret[0]))
        {
            while (left > 0 && IsToken(text[left - 1]))
                left--;
            if (left < begin)
                left = Math.Min(begin, BehindEscape(text, left, begin));
        }

        if (IsToken(secret[^1]))
        {
            while (right < text.Length && IsToken(text[right]))
                right++;
        }

        (begin, end) = (left, right);
        return true;
    }

    internal static bool MayBeWord(string secret) =>
        secret.Length < ShortestOdd || (secret.Length < ShortestPlain && (secret.All(char.IsLetter) || secret.All(char.IsAsciiDigit)));

    // The letter of an escape is no part of the token behind it.
    private static int BehindEscape(string text, int left, int begin)
    {
        if (left == 0)
            return left;
        if (text[left - 1] == '\\')
            return text[left] is 'u' && begin - left >= 5 ? left + 5
                : text[left] is 'x' && begin - left >= 3 ? left + 3
                : left + 1;
        return text[left - 1] == '%' && begin - left >= 2 ? left + 2 : left;
    }

    private static bool IsToken(char c) => char.IsLetterOrDigit(c) || c == '_';
}
