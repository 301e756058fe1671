using System;

namespace Deployment.Toolkit;

/// <summary>What the engine's sources ask of .NET that netstandard2.0 lacks.</summary>
internal static class LaterApi
{
    extension(char)
    {
        public static bool IsAsciiDigit(char c) => c is >= '0' and <= '9';

        public static bool IsAsciiLetter(char c) => (c | 0x20) is >= 'a' and <= 'z';

        public static bool IsAsciiLetterOrDigit(char c) => char.IsAsciiLetter(c) || char.IsAsciiDigit(c);

        public static bool IsAsciiHexDigit(char c) => char.IsAsciiDigit(c) || (c | 0x20) is >= 'a' and <= 'f';
    }

    extension(string text)
    {
        public bool Contains(char c) => text.IndexOf(c) >= 0;

        public bool Contains(string part, StringComparison comparison) => text.IndexOf(part, comparison) >= 0;

        public bool Contains(char c, StringComparison comparison) => text.IndexOf($"{c}", comparison) >= 0;

        public bool StartsWith(char c) => text.Length > 0 && text[0] == c;

        public string Replace(string old, string @new, StringComparison _) => text.Replace(old, @new);
    }
}
