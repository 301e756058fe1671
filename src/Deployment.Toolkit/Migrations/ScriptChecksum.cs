using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Migrations;

/// <summary>Tells whether a script says the same.</summary>
internal static class ScriptChecksum
{
    // What ReplaceLineEndings takes for one, save the usual.
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\f\u0085\u2028\u2029");

    /// <summary>
    /// Line ends, a byte-order mark and trailing blanks are an editor's matter and change nothing; nor does a line that allows what is
    /// found in a script, which may be asked for when the script is applied elsewhere already.
    /// </summary>
    internal static string Of(DatabaseDialect dialect, string text)
    {
        // Thousands of scripts are read at every start of a verb, so what is usual is hashed as it stands.
        var plain = text.AsSpan().TrimStart('\uFEFF');
        return "sha256-v1:" + Convert.ToHexStringLower(Hash(NeedsTidying(plain) ? Tidied(dialect, text) : plain.TrimEnd('\n')));
    }

    private static bool NeedsTidying(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny(LineEnds) || text.Contains(LintAllowances.Allow, StringComparison.OrdinalIgnoreCase))
            return true;

        for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n'))
        {
            if (end > 0 && char.IsWhiteSpace(text[end - 1]))
                return true;
            text = text[(end + 1)..];
        }

        return text.Length > 0 && char.IsWhiteSpace(text[^1]);
    }

    private static string Tidied(DatabaseDialect dialect, string text) =>
        string.Join(
                '\n',
                WithoutAllowances(dialect, text.TrimStart('\uFEFF'))
                    .ReplaceLineEndings("\n")
                    .Split('\n')
                    .Select(static line => line.TrimEnd())
            )
            .TrimEnd('\n');

    // What the database takes for a comment, and ends where every editor ends the line: what looks like such a line may be the end of a
    // comment with a statement behind it, or be in a text.
    private static string WithoutAllowances(DatabaseDialect dialect, string text)
    {
        if (!text.Contains(LintAllowances.Allow, StringComparison.OrdinalIgnoreCase))
            return text;

        var left = new StringBuilder(text.Length);
        var copied = 0;
        foreach (var (comment, start) in dialect.Comments(text))
        {
            if (
                !comment.AsSpan().TrimStart().StartsWith(LintAllowances.Allow, StringComparison.OrdinalIgnoreCase)
                || !text.AsSpan(start).StartsWith("--", StringComparison.Ordinal)
                || !LintAllowances.StandsAlone(text, start)
                || comment.AsSpan().TrimEnd('\r').ContainsAny(LineEnds)
            )
                continue;

            var line = start;
            while (line > copied && text[line - 1] is not ('\n' or '\r'))
                line--;
            left.Append(text, copied, line - copied);
            copied = start + 2 + comment.Length;
            if (copied < text.Length && text[copied] == '\r')
                copied++;
            if (copied < text.Length && text[copied] == '\n')
                copied++;
        }

        return left.Append(text, copied, text.Length - copied).ToString();
    }

    private static byte[] Hash(ReadOnlySpan<char> text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var hash = SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
        return hash;
    }
}
