using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Reads the file's text, refuses any that is not exactly what <see cref="SealedFileWriter"/> would write, and verifies its headers back to
/// the root. A line of the proposals that is no good is left out and told of: nothing seals that section, so it must not take the rest with
/// it.
/// </summary>
internal static class SealedFileReader
{
    // A doubled member needs no look of its own: it would not be written twice.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 6 };

    private static readonly byte[] ProposalsBegin = Encoding.UTF8.GetBytes("\n" + SealedFileWriter.ProposalsBegin),
        Closing = Encoding.UTF8.GetBytes("  \"proposals\": []\n}");

    /// <param name="bytes">The file's content.</param>
    /// <param name="path">How messages name it.</param>
    /// <exception cref="DeploymentException">It is no sealed file, or was changed by hand. The message holds no value.</exception>
    internal static SealedFile Read(ReadOnlyMemory<byte> bytes, string path)
    {
        if (bytes.Length > SealedFormat.LongestFile)
            throw Refused(
                $"Sealed file '{path}' has {bytes.Length} bytes, more than the {SealedFormat.LongestFile} that one may have. Take large "
                    + $"values out of it."
            );
        if (bytes.Span.IndexOf((byte)'\r') >= 0)
            throw Refused(
                $"Sealed file '{path}' has other line ends than it was written with. Put '{SealedSecrets.AttributesLine}' into "
                    + $".gitattributes and check the file out again."
            );

        // What stands behind the seal is read line by line.
        var cut = bytes.Span.IndexOf(ProposalsBegin) is >= 0 and var found ? found + 1 : bytes.Length;
        using var document = Parse(cut == bytes.Length ? bytes : (byte[])[.. bytes.Span[..cut], .. Closing], path);
        SealedFile file;
        var content = new SealedFileContent(path);
        try
        {
            file = content.Read(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            throw Refused($"Sealed file '{path}' holds text that is no UTF-8. Take it from version control again.");
        }

        var written = SealedFileWriter.WithSeal(file);
        if (cut == bytes.Length || !bytes.Span[..cut].SequenceEqual(written))
            throw Refused(
                $"Sealed file '{path}' is not as it was written, from {PlaceOf(bytes.Span, written)} on: it was changed by hand or by a "
                    + $"tool. Take it from version control again."
            );
        if (!bytes.Span.EndsWith(Encoding.UTF8.GetBytes(SealedFileWriter.ProposalsEnd)))
            throw Refused(
                $"Sealed file '{path}' is not readable as JSON: it is cut off, or was changed by hand. Take it from version control again."
            );
        if (file.Chain.FindUnsigned() is { } unsigned)
        {
            var why =
                unsigned == 0
                    ? "its first header is not signed by the recipient that it names, so it, or the file's id or environment, was changed"
                    : $"header {unsigned + 1} is signed by no recipient of the header before it, so whoever wrote it could not open the "
                        + $"file before";
            throw DeploymentException.Refused(
                Codes.SealedHeaderUnsigned,
                $"Sealed file '{path}': {why}. Do not write into it. Take the file from version control again, and look who changed it."
            );
        }

        return ReadProposals(file, content, bytes[cut..]);
    }

    private static SealedFile ReadProposals(SealedFile file, SealedFileContent content, ReadOnlyMemory<byte> section)
    {
        var (proposals, ignored) = (new List<SealedProposal>(), new List<string>());
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var lines = Encoding.UTF8.GetString(section.Span)[SealedFileWriter.ProposalsBegin.Length..^SealedFileWriter.ProposalsEnd.Length];
        var number = 0;
        foreach (var range in lines.AsSpan().Split('\n'))
        {
            if (lines.AsSpan()[range] is { IsEmpty: false } line)
            {
                number++;
                if (proposals.Count == SealedFormat.MostProposals)
                {
                    ignored.Add($"there are more than {SealedFormat.MostProposals}; those from number {number} on were left out");
                    break;
                }

                if (
                    content.TryReadProposal(line.TrimStart(' ').TrimEnd(',').ToString(), file.Scope) is { } proposal
                    && ids.Add(proposal.Id)
                )
                    proposals.Add(proposal);
                else
                    ignored.Add($"number {number} is damaged or stands there twice");
            }
        }

        return file with
        {
            Proposals = SealedProposals.Sorted(proposals),
            Ignored = ignored,
        };
    }

    internal static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string path)
    {
        try
        {
            return JsonDocument.Parse(bytes, Options);
        }
#pragma warning disable CA1031 // An invalid UTF-16 escape is an InvalidOperationException; whichever: it is not the file that was written.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var place = e is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
                ? $" at line {line + 1}, column {column + 1}"
                : "";
            throw Refused(
                $"Sealed file '{path}' is not readable as JSON{place}: it is cut off, or was changed by hand. Take it from version "
                    + $"control again."
            );
        }
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.SealedFileInvalid, text);

    private static string PlaceOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> written)
    {
        var before = bytes[..bytes.CommonPrefixLength(written)];
        return $"line {before.Count((byte)'\n') + 1}, column "
            + $"{Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1}";
    }
}
