using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.CommandLine.Commands;

/// <summary>Secrets as a JSON object to be edited, and what was changed in it.</summary>
internal static class EditedSecrets
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Write(IReadOnlyList<(SealedSecretInfo Info, Secret Value)> secrets)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Indented))
        {
            writer.WriteStartObject();
            foreach (var (info, value) in secrets)
                writer.WriteString(info.Name, value.Reveal());
            writer.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>What differs. A value keeps its end; one that isn't there any more is taken out.</summary>
    /// <exception cref="DeploymentException">It is no JSON object of texts, or a name is none or there twice. No message holds a
    /// value.</exception>
    internal static List<SecretEdit> Changes(IReadOnlyList<(SealedSecretInfo Info, Secret Value)> before, byte[] edited)
    {
        var after = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in SecretImport.Read(new Secret(Text(edited))))
            after[name] = value;

        var edits = new List<SecretEdit>();
        foreach (var (info, value) in before)
        {
            if (!after.Remove(info.Name, out var now))
                edits.Add(new SecretEdit(info.Name, null, info.Version, default));
            else if (!now.Equals(value))
                edits.Add(new SecretEdit(info.Name, now, info.Version, new SealedValidity { ExpiresAt = info.ExpiresAt }));
        }

        edits.AddRange(after.Select(static pair => new SecretEdit(pair.Key, pair.Value, 0, default)));
        return edits;
    }

    private static string Text(byte[] edited)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(edited);
        }
        catch (DecoderFallbackException)
        {
            throw Refusal.Of(Codes.SecretInvalid, "The edited file holds bytes that are no UTF-8. Save it as UTF-8.");
        }
    }
}
