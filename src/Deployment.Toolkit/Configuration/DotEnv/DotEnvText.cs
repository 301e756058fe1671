using System.Text;

namespace Deployment.Toolkit.Configuration.DotEnv;

/// <summary>Decodes a file: UTF-8 unless a mark says UTF-16.</summary>
internal static class DotEnvText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="text">The text, with what is no text replaced.</param>
    /// <returns>Whether all of it was text.</returns>
    internal static bool TryDecode(byte[] content, out string text)
    {
        var span = content.AsSpan();
        if (span.StartsWith(Encoding.Unicode.Preamble)) text = Encoding.Unicode.GetString(span[2..]);
        else if (span.StartsWith(Encoding.BigEndianUnicode.Preamble)) text = Encoding.BigEndianUnicode.GetString(span[2..]);
        else
        {
            if (span.StartsWith(Encoding.UTF8.Preamble)) span = span[3..];
            try
            {
                text = Strict.GetString(span);
            }
            catch (DecoderFallbackException)
            {
                text = Encoding.UTF8.GetString(span);
                return false;
            }
        }

        return true;
    }
}
