using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Writes the one text that a file's content has: a line a recipient, a line a secret. The reader compares with it byte by byte, so that
/// there is no second spelling in which a change could hide.
/// </summary>
internal static class SealedFileWriter
{
    private const string Indent = "  ", ItemIndent = "    ";

    internal static byte[] Write(SealedFile file)
    {
        var text = Sealed(file);
        Member(text, "seal", file.Seal);
        Items(text, "proposals", file.Proposals, static (text, proposal) => Append(Content(text, proposal), "digest", proposal.Digest));
        text.Append("\n}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Everything that the seal covers: all lines in front of it.</summary>
    internal static byte[] SealedPart(SealedFile file) => Encoding.UTF8.GetBytes(Sealed(file).ToString());

    internal static byte[] DigestOf(SealedProposal proposal) => SHA256.HashData(Encoding.UTF8.GetBytes(Content(new StringBuilder(), proposal).ToString()));

    internal static string Word(RecipientKind kind) => kind switch { RecipientKind.P256 => "p256", RecipientKind.Raw => "raw", _ => "passphrase" };

    internal static string Word(EntryState state) => state switch { EntryState.Current => "current", EntryState.Previous => "previous", _ => "proposed" };

    private static StringBuilder Sealed(SealedFile file)
    {
        var text = new StringBuilder("{\n", 1024 + (file.Entries.Count * 256));
        Member(text, "format", Quoted(SealedFormat.Name));
        Member(text, "file", Quoted(file.Id));
        Member(text, "environment", Quoted(file.Environment));
        Member(text, "epoch", Number(file.Epoch));
        if (file.DevelopmentKey is { } key) Member(text, "developmentKey", Quoted(key));
        if (file.AcceptsProposals) Member(text, "acceptsProposals", "true");
        Member(text, "commitment", file.Commitment);
        Member(text, "lineage", file.Lineage);
        Items(text, "recipients", file.Recipients, Line);
        text.Append(",\n");
        Items(text, "secrets", file.Entries, static (text, entry) => Append(Head(text, entry), "sealed", entry.Box));
        return text.Append(",\n");
    }

    private static void Line(StringBuilder text, Recipient recipient)
    {
        text.Append("\"name\": ").Append(Quoted(recipient.Name));
        Append(text, "kind", Word(recipient.Kind));
        Append(text, "publicKey", recipient.PublicKey);
        if (recipient.Kind == RecipientKind.Passphrase)
        {
            Append(text, "salt", recipient.Salt);
            text.Append(", \"iterations\": ").Append(Number(recipient.Iterations));
        }

        Append(text, "encapsulated", recipient.Encapsulated);
        Append(text, "wrappedKey", recipient.WrappedKey);
    }

    private static StringBuilder Head(StringBuilder text, SealedEntry entry)
    {
        text.Append("\"name\": ").Append(Quoted(entry.Name)).Append(", \"version\": ").Append(Number(entry.Version));
        Append(text, "state", Word(entry.State));
        if (entry.NotBefore is { } begin) Append(text, "notBefore", SealedFormat.Time(begin));
        if (entry.Expires is { } end) Append(text, "expires", SealedFormat.Time(end));
        return text;
    }

    private static StringBuilder Content(StringBuilder text, SealedProposal proposal)
    {
        text.Append("\"id\": ").Append(Quoted(proposal.Id)).Append(", ");
        Head(text, proposal.Entry).Append(", \"copies\": [");
        for (var i = 0; i < proposal.Copies.Count; i++)
        {
            text.Append(i == 0 ? "{ \"recipient\": " : ", { \"recipient\": ").Append(Quoted(proposal.Copies[i].Recipient));
            Append(text, "encapsulated", proposal.Copies[i].Encapsulated);
            Append(text, "sealed", proposal.Copies[i].Box);
            text.Append(" }");
        }

        return text.Append(']');
    }

    private static void Items<T>(StringBuilder text, string name, IReadOnlyList<T> items, Action<StringBuilder, T> line)
    {
        text.Append(Indent).Append('"').Append(name).Append("\": [");
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(ItemIndent).Append("{ ");
            line(text, items[i]);
            text.Append(" }");
        }

        text.Append('\n').Append(Indent).Append(']');
    }

    private static void Member(StringBuilder text, string name, string value) => text.Append(Indent).Append('"').Append(name).Append("\": ").Append(value).Append(",\n");

    private static void Member(StringBuilder text, string name, byte[] value) => Base64(text.Append(Indent).Append('"').Append(name).Append("\": \""), value).Append("\",\n");

    private static void Append(StringBuilder text, string name, string value) => text.Append(", \"").Append(name).Append("\": \"").Append(value).Append('"');

    private static void Append(StringBuilder text, string name, byte[] value) => Base64(text.Append(", \"").Append(name).Append("\": \""), value).Append('"');

    private static StringBuilder Base64(StringBuilder text, byte[] value)
    {
        const int most = 512;
        Span<char> characters = stackalloc char[most];
        return Convert.TryToBase64Chars(value, characters, out var written) ? text.Append(characters[..written]) : text.Append(Convert.ToBase64String(value));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Every text of the file is a name, a word, a time or Base64: none holds what JSON would escape.
    private static string Quoted(string text) => $"\"{text}\"";
}
