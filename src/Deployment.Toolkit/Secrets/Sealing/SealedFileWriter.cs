using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Writes the one text that a file's content has: a line a header, a line a recipient, a line a secret. The reader compares with it byte by
/// byte, so that there is no second spelling in which a change could hide.
/// </summary>
internal static class SealedFileWriter
{
    /// <summary>Begins the section that nothing seals. No line before it can hold it: none has a line end within.</summary>
    internal const string ProposalsBegin = "  \"proposals\": [\n";

    internal const string ProposalsEnd = "  ]\n}\n",
        ItemIndent = "    ",
        ItemEnd = ",\n";

    private const string Indent = "  ";

    internal static byte[] Write(SealedFile file)
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(WithSeal(file)));
        text.Append(ProposalsBegin);
        for (var i = 0; i < file.Proposals.Count; i++)
            text.Append(ItemIndent).Append(Line(file.Proposals[i])).Append(i == file.Proposals.Count - 1 ? "\n" : ItemEnd);
        return Encoding.UTF8.GetBytes(text.Append(ProposalsEnd).ToString());
    }

    /// <summary>All lines in front of the proposals.</summary>
    internal static byte[] WithSeal(SealedFile file)
    {
        var text = Sealed(file);
        Member(text, "seal", file.Seal);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Everything that the seal covers: all lines in front of it.</summary>
    internal static byte[] SealedPart(SealedFile file) => Encoding.UTF8.GetBytes(Sealed(file).ToString());

    internal static string Line(SealedProposal proposal)
    {
        var text = Content(new StringBuilder("{ "), proposal);
        Append(text, "digest", proposal.Digest);
        return text.Append(" }").ToString();
    }

    internal static byte[] DigestOf(SealedProposal proposal) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(Content(new StringBuilder(), proposal).ToString()));

    internal static string Word(RecipientKind kind) =>
        kind switch
        {
            RecipientKind.P256 => "p256",
            RecipientKind.Raw => "raw",
            _ => "passphrase",
        };

    internal static string Word(EntryState state) =>
        state switch
        {
            EntryState.Current => "current",
            EntryState.Previous => "previous",
            _ => "proposed",
        };

    private static StringBuilder Sealed(SealedFile file)
    {
        var text = new StringBuilder("{\n", 1024 + (file.Entries.Count * 256));
        Member(text, "format", Quoted(SealedFormat.Name));
        Member(text, "file", Quoted(file.Id));
        Member(text, "environment", Quoted(file.Environment));
        Items(text, "headers", file.Chain.States, static (text, state) => Line(text, state.Header));
        Items(
            text,
            "recipients",
            file.Recipients,
            static (text, recipient) =>
            {
                text.Append("\"name\": ").Append(Quoted(recipient.Name));
                Append(text, "encapsulated", recipient.Encapsulated);
                Append(text, "wrappedKey", recipient.WrappedKey);
            }
        );
        Items(text, "secrets", file.Entries, static (text, entry) => Append(Head(text, entry), "sealed", entry.Box));
        Items(
            text,
            "spent",
            file.Spent,
            static (text, spent) =>
                text.Append("\"name\": ").Append(Quoted(spent.Name)).Append(", \"version\": ").Append(Number(spent.Version))
        );
        Items(
            text,
            "settled",
            file.Settled,
            static (text, settled) =>
            {
                text.Append("\"proposal\": ").Append(Quoted(settled.Id));
                Append(text, "name", settled.Name);
                text.Append(", \"version\": ").Append(Number(settled.Version));
                Append(text, "outcome", settled.IsAccepted ? "accepted" : "rejected");
            }
        );
        return text;
    }

    private static void Line(StringBuilder text, SealedHeader header)
    {
        text.Append("\"epoch\": ").Append(Number(header.Epoch));
        Append(text, "commitment", header.Commitment);
        if (header.DevelopmentKey is { } key)
            Append(text, "developmentKey", key);
        if (header.Before.Count > 0)
            List(text, "after", header.Before, static (text, hash) => Base64(text.Append('"'), hash).Append('"'));
        if (header.Added.Count > 0)
            List(text, "added", header.Added, Identity);
        if (header.Removed.Count > 0)
            List(text, "removed", header.Removed, static (text, name) => text.Append(Quoted(name)));
        if (header.Proposers.Count > 0)
        {
            List(
                text,
                "proposers",
                header.Proposers,
                static (text, proposer) =>
                {
                    text.Append("{ \"name\": ").Append(Quoted(proposer.Name));
                    Append(text, "signingKey", proposer.SigningKey);
                    text.Append(" }");
                }
            );
        }

        Append(text, "by", header.By);
        Append(text, "signature", header.Signature);
    }

    private static void Identity(StringBuilder text, Recipient recipient)
    {
        text.Append("{ \"name\": ").Append(Quoted(recipient.Name));
        Append(text, "kind", Word(recipient.Kind));
        Append(text, "publicKey", recipient.PublicKey);
        Append(text, "signingKey", recipient.SigningKey);
        if (recipient.Kind == RecipientKind.Passphrase)
        {
            Append(text, "salt", recipient.Salt);
            text.Append(", \"iterations\": ").Append(Number(recipient.Iterations));
        }

        text.Append(" }");
    }

    private static StringBuilder Head(StringBuilder text, SealedEntry entry)
    {
        text.Append("\"name\": ").Append(Quoted(entry.Name)).Append(", \"version\": ").Append(Number(entry.Version));
        Append(text, "state", Word(entry.State));
        if (entry.NotBefore is { } begin)
            Append(text, "notBefore", SealedFormat.Time(begin));
        if (entry.Expires is { } end)
            Append(text, "expires", SealedFormat.Time(end));
        return text;
    }

    private static StringBuilder Content(StringBuilder text, SealedProposal proposal)
    {
        text.Append("\"id\": ").Append(Quoted(proposal.Id)).Append(", ");
        Head(text, proposal.Entry);
        Append(text, "proposedAt", SealedFormat.Time(proposal.At));
        Append(text, "by", proposal.By);
        Append(text, "commitment", proposal.Commitment);
        if (proposal.IsSigned)
        {
            Append(text, "signingKey", proposal.SigningKey);
            Append(text, "signature", proposal.Signature);
        }

        List(
            text,
            "copies",
            proposal.Copies,
            static (text, copy) =>
            {
                text.Append("{ \"recipient\": ").Append(Quoted(copy.Recipient));
                Append(text, "encapsulated", copy.Encapsulated);
                Append(text, "sealed", copy.Box);
                text.Append(" }");
            }
        );
        return text;
    }

    private static void Items<T>(StringBuilder text, string name, IReadOnlyList<T> items, Action<StringBuilder, T> line)
    {
        text.Append(Indent).Append('"').Append(name).Append("\": [");
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ItemEnd).Append(ItemIndent).Append("{ ");
            line(text, items[i]);
            text.Append(" }");
        }

        text.Append('\n').Append(Indent).Append("],\n");
    }

    private static void List<T>(StringBuilder text, string name, IReadOnlyList<T> items, Action<StringBuilder, T> item)
    {
        text.Append(", \"").Append(name).Append("\": [");
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            item(text, items[i]);
        }

        text.Append(']');
    }

    private static void Member(StringBuilder text, string name, string value) =>
        text.Append(Indent).Append('"').Append(name).Append("\": ").Append(value).Append(",\n");

    private static void Member(StringBuilder text, string name, byte[] value) =>
        Base64(text.Append(Indent).Append('"').Append(name).Append("\": \""), value).Append("\",\n");

    private static void Append(StringBuilder text, string name, string value) =>
        text.Append(", \"").Append(name).Append("\": \"").Append(value).Append('"');

    private static void Append(StringBuilder text, string name, byte[] value) =>
        Base64(text.Append(", \"").Append(name).Append("\": \""), value).Append('"');

    private static StringBuilder Base64(StringBuilder text, byte[] value)
    {
        const int most = 512;
        Span<char> characters = stackalloc char[most];
        return Convert.TryToBase64Chars(value, characters, out var written)
            ? text.Append(characters[..written])
            : text.Append(Convert.ToBase64String(value));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Every text of the file is a name, a word, a time or Base64: none holds what JSON would escape.
    private static string Quoted(string text) => $"\"{text}\"";
}
