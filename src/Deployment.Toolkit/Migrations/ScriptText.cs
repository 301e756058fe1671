using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Reads a script's bytes as the UTF-8 that they have to be: what is guessed would be stored in rows for ever.</summary>
internal static class ScriptText
{
    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    internal static MigrationScript Read(string file, byte[] bytes)
    {
        if (Utf8.IsValid(bytes))
            return new MigrationScript(file, Lenient.GetString(bytes));

        var text = Lenient.GetString(bytes);
        var at = FirstInvalid(bytes);
        var before = Lenient.GetString(bytes, 0, at);
        var (line, column) = new LineCursor(before).MoveTo(before.Length);
        if (before.StartsWith('\uFEFF') && line == 1)
            column--;
        return new MigrationScript(file, text) { Unreadable = new SqlFault(Codes.MigrationNotUtf8, Describe(bytes, at), line, column) };
    }

    private static string Describe(byte[] bytes, int at)
    {
        if (at == 0 && bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return "Script is UTF-16, which is not read. Save it as UTF-8.";

        var told = string.Create(CultureInfo.InvariantCulture, $"Byte 0x{bytes[at]:X2} is not UTF-8");
        // Of the encodings that editors fall back to these bytes mean the same in nearly all.
        return bytes[at] is >= 0xA0
            ? $"{told}; in Windows-1252 it is '{(char)bytes[at]}'. Save the file as UTF-8."
            : $"{told}. Save the file as UTF-8.";
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; ; )
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var consumed) != OperationStatus.Done)
                return at;
            at += consumed;
        }
    }
}
