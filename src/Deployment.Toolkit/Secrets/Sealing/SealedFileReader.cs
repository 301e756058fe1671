using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Reads the file's text, and refuses any that is not exactly what <see cref="SealedFileWriter"/> would write.</summary>
internal static class SealedFileReader
{
    // A doubled member needs no look of its own: it would not be written twice.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 5 };

    /// <param name="bytes">The file's content.</param>
    /// <param name="path">How messages name it.</param>
    /// <exception cref="DeploymentException">It is no sealed file, or was changed by hand. The message holds no value.</exception>
    internal static SealedFile Read(ReadOnlyMemory<byte> bytes, string path)
    {
        if (bytes.Length > SealedFormat.LongestFile)
            throw Refused($"Sealed file '{path}' has {bytes.Length} bytes, more than the {SealedFormat.LongestFile} that one may have. Take large values out of it.");
        if (bytes.Span.IndexOf((byte)'\r') >= 0)
            throw Refused($"Sealed file '{path}' has other line ends than it was written with. Put '{SealedSecrets.AttributesLine}' into .gitattributes and check the file out again.");

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes, Options);
        }
#pragma warning disable CA1031 // Besides JsonException, an invalid UTF-16 escape comes out as InvalidOperationException; whichever: it is not the file that was written.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var place = e is JsonException { LineNumber: { } line, BytePositionInLine: { } column } ? $" at line {line + 1}, column {column + 1}" : "";
            throw Refused($"Sealed file '{path}' is not readable as JSON{place}: it is cut off, or was changed by hand. Take it from version control again.");
        }

        using (document)
        {
            SealedFile file;
            try
            {
                file = new SealedFileContent(path).Read(document.RootElement);
            }
            catch (InvalidOperationException)
            {
                throw Refused($"Sealed file '{path}' holds text that is no UTF-8. Take it from version control again.");
            }

            var written = SealedFileWriter.Write(file);
            if (!bytes.Span.SequenceEqual(written)) throw Refused($"Sealed file '{path}' is not as it was written, from {PlaceOf(bytes.Span, written)} on: it was changed by hand or by a tool. Take it from version control again.");
            return file;
        }
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.SealedFileInvalid, text);

    private static string PlaceOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> written)
    {
        var before = bytes[..bytes.CommonPrefixLength(written)];
        return $"line {before.Count((byte)'\n') + 1}, column {Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1}";
    }
}
