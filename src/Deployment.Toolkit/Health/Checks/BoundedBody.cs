using System.Text;
using System.Text.Json;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Reads what somebody else answers: no further than a limit.</summary>
internal static class BoundedBody
{
    internal const int MostBytes = 1024 * 1024;

    /// <exception cref="InvalidDataException">It is longer.</exception>
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[16 * 1024];
            using var body = new MemoryStream();
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read && read > 0)
            {
                if (body.Length + read > MostBytes)
                    throw new InvalidDataException($"its answer is longer than {MostBytes / 1024} KiB");
                body.Write(buffer, 0, read);
            }

            // A mark of the encoding is no part of the text, and JSON with it in front is none.
            var marked = body.GetBuffer().AsSpan(0, (int)body.Length).StartsWith(Encoding.UTF8.Preamble)
                ? Encoding.UTF8.Preamble.Length
                : 0;
            return body.GetBuffer().AsMemory(marked, (int)body.Length - marked);
        }
    }

    /// <exception cref="InvalidDataException">It is longer than is read, or no JSON.</exception>
    internal static async Task<JsonDocument> ReadJsonAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(content, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            // Not in its own words, which repeat what was answered.
            throw new InvalidDataException("its answer is no JSON", e);
        }
    }
}
