using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>Decodes a file: UTF-8 unless a mark says UTF-16.</summary>
internal static class DotEnvText
{
    /// <summary>Decodes.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="flaw">Where the first character stands that is none, or -1.</param>
    /// <returns>The text, with what is no text replaced.</returns>
    internal static string Decode(ReadOnlySpan<byte> content, out int flaw)
    {
        if (content.StartsWith(Encoding.Unicode.Preamble))
            return Utf16(content[2..], isBigEndian: false, out flaw);
        if (content.StartsWith(Encoding.BigEndianUnicode.Preamble))
            return Utf16(content[2..], isBigEndian: true, out flaw);
        if (content.StartsWith(Encoding.UTF8.Preamble))
            content = content[3..];

        flaw = -1;
        if (!Utf8.IsValid(content))
        {
            var before = new char[content.Length];
            if (Utf8.ToUtf16(content, before, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
                flaw = written;
        }

        return Encoding.UTF8.GetString(content);
    }

    private static string Utf16(ReadOnlySpan<byte> content, bool isBigEndian, out int flaw)
    {
        var text = (isBigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode).GetString(content);
        flaw = -1;
        // A half of a pair has been replaced by now, so what was there is compared with what is.
        var isSwapped = isBigEndian == BitConverter.IsLittleEndian;
        var units = MemoryMarshal.Cast<byte, char>(content);
        for (var i = 0; i < text.Length && flaw < 0; i++)
        {
            if (i >= units.Length || text[i] != (isSwapped ? (char)BinaryPrimitives.ReverseEndianness(units[i]) : units[i]))
                flaw = i;
        }

        return text;
    }
}
