using System.Text.Json;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Turns the parsed JSON into the file, checking each member's form and the rules that hold between them.</summary>
internal sealed class SealedFileContent(string path)
{
    private const int LongestText = 128;

    internal SealedFile Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Bad("the root", "is no object");
        if (Text(root, "format") is var format && format != SealedFormat.Name)
            throw Bad("'format'", $"is not '{SealedFormat.Name}', the one that this version of the toolkit knows");
        var file = new SealedFile
        {
            Id = Id(root, "file", SealedFormat.FileIdSize),
            Environment = Name(root, "environment"),
            Epoch = Number(root, "epoch", 1, long.MaxValue),
            DevelopmentKey = Has(root, "developmentKey") ? Name(root, "developmentKey") : null,
            AcceptsProposals = root.TryGetProperty("acceptsProposals", out var accepts) && accepts.ValueKind == JsonValueKind.True,
            Commitment = Bytes(root, "commitment", SealedFormat.MacSize),
            Lineage = Bytes(root, "lineage", null),
            Recipients = Items(root, "recipients", ReadRecipient),
            Entries = Items(root, "secrets", ReadEntry),
            Seal = Bytes(root, "seal", SealedFormat.MacSize),
            Proposals = Items(root, "proposals", ReadProposal),
        };
        Check(file);
        return file;
    }

    private Recipient ReadRecipient(JsonElement element)
    {
        var kind = Text(element, "kind") switch
        {
            "p256" => RecipientKind.P256,
            "raw" => RecipientKind.Raw,
            "passphrase" => RecipientKind.Passphrase,
            _ => throw Bad("'kind'", "of a recipient is none of p256, raw and passphrase"),
        };
        var isPassphrase = kind == RecipientKind.Passphrase;
        return new Recipient(Name(element, "name"), kind, Point(element, "publicKey"))
        {
            Salt = isPassphrase ? Bytes(element, "salt", SealedFormat.SaltSize) : [],
            Iterations = isPassphrase ? (int)Number(element, "iterations", SealedFormat.FewestIterations, SealedFormat.MostIterations) : 0,
            Encapsulated = Point(element, "encapsulated"),
            WrappedKey = Bytes(element, "wrappedKey", SealedFormat.KeySize + HpkeAeads.TagSize),
        };
    }

    private SealedEntry ReadEntry(JsonElement element)
    {
        var state = Text(element, "state") switch
        {
            "current" => EntryState.Current,
            "previous" => EntryState.Previous,
            _ => throw Bad("'state'", "of a secret is none of current and previous"),
        };
        return ReadHead(element, state) with { Box = Box(element, HpkeAeads.NonceSize) };
    }

    private SealedProposal ReadProposal(JsonElement element)
    {
        if (Text(element, "state") != "proposed") throw Bad("'state'", "of a proposal is not proposed");

        var proposal = new SealedProposal(Id(element, "id", SealedProposals.IdSize), ReadHead(element, EntryState.Proposed))
        {
            Copies = Items(element, "copies", copy => new ProposalCopy(Name(copy, "recipient"), Point(copy, "encapsulated"), Box(copy, 0))),
            Digest = Bytes(element, "digest", SealedFormat.MacSize),
        };
        return proposal.Digest.AsSpan().SequenceEqual(SealedFileWriter.DigestOf(proposal)) ? proposal : throw Bad($"proposal '{proposal.Entry.Name}'", "is damaged: its digest does not fit");
    }

    private SealedEntry ReadHead(JsonElement element, EntryState state) =>
        new(Name(element, "name"), Number(element, "version", 1, long.MaxValue), state, Time(element, "notBefore"), Time(element, "expires"));

    private void Check(SealedFile file)
    {
        if (file.Recipients.Count is 0 or > SealedFormat.MostRecipients) throw Bad("'recipients'", $"has not between 1 and {SealedFormat.MostRecipients} lines");

        for (var i = 1; i < file.Recipients.Count; i++)
        {
            if (string.CompareOrdinal(file.Recipients[i - 1].Name, file.Recipients[i].Name) >= 0) throw Bad($"recipient '{file.Recipients[i].Name}'", "stands out of order or twice");
        }

        for (var i = 1; i < file.Proposals.Count; i++)
        {
            var (one, next) = (file.Proposals[i - 1], file.Proposals[i]);
            if (string.CompareOrdinal(one.Entry.Name, next.Entry.Name) is var order && (order > 0 || (order == 0 && string.CompareOrdinal(one.Id, next.Id) >= 0)))
                throw Bad($"proposal '{next.Entry.Name}' ({next.Id})", "stands out of order or twice");
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < file.Entries.Count; i++)
        {
            var (entry, next) = (file.Entries[i], i + 1 < file.Entries.Count ? file.Entries[i + 1] : null);
            var isLast = next is null || next.Name != entry.Name;
            if (next is not null && (string.CompareOrdinal(entry.Name, next.Name) is var order && (order > 0 || (order == 0 && entry.Version >= next.Version))))
                throw Bad($"secret '{next.Name}' version {next.Version}", "stands out of order or twice");
            if (isLast && !names.Add(entry.Name)) throw Bad($"secret '{entry.Name}'", "stands there in two spellings");
            if (isLast != (entry.State == EntryState.Current)) throw Bad($"secret '{entry.Name}' version {entry.Version}", isLast ? "is the newest there and not the current one: a line is missing" : "is current and not the newest");
        }
    }

    private byte[] Box(JsonElement element, int prefix)
    {
        var box = Bytes(element, "sealed", null);
        var padded = box.Length - prefix - HpkeAeads.TagSize;
        return padded > 0 && padded % SealedFormat.Bucket == 0 && padded <= PaddedValue.LongestPadded ? box : throw Bad("'sealed'", "has a length that no sealed value has");
    }

    private byte[] Point(JsonElement element, string name) => Bytes(element, name, P256Point.Size) is var point && P256Point.IsOnCurve(point) ? point : throw Bad($"'{name}'", "is no point of the curve P-256");

    private byte[] Bytes(JsonElement element, string name, int? size) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) && (size is null || bytes.Length == size)
            ? bytes
            : throw Bad($"'{name}'", size is null ? "is missing or no Base64" : $"is missing or no Base64 of {size} bytes");

    private string Id(JsonElement element, string name, int size) =>
        Text(element, name) is var text && text.Length == 2 * size && text.All(char.IsAsciiHexDigitLower) ? text : throw Bad($"'{name}'", $"is not {2 * size} lower-case hexadecimal digits");

    private string Name(JsonElement element, string name) => Text(element, name) is var text && SealedFormat.IsName(text) ? text : throw Bad($"'{name}'", "holds more than letters, digits, '.', '-' and '_'");

    private DateTimeOffset? Time(JsonElement element, string name) =>
        !Has(element, name) ? null : SealedFormat.TryTime(Text(element, name), out var time) ? time : throw Bad($"'{name}'", "is no time of the form 2026-01-31T00:00:00Z");

    private long Number(JsonElement element, string name, long least, long most) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Bad($"'{name}'", most == long.MaxValue ? $"is missing or no whole number from {least} on" : $"is missing or not between {least} and {most}");

    private string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= LongestText } text ? text : throw Bad($"'{name}'", "is missing or no short text");

    private List<T> Items<T>(JsonElement element, string name, Func<JsonElement, T> read)
    {
        if (!element.TryGetProperty(name, out var items) || items.ValueKind != JsonValueKind.Array) throw Bad($"'{name}'", "is missing or no list");

        var list = new List<T>(items.GetArrayLength());
        foreach (var item in items.EnumerateArray()) list.Add(item.ValueKind == JsonValueKind.Object ? read(item) : throw Bad($"'{name}'", "holds something that is no object"));
        return list;
    }

    private static bool Has(JsonElement element, string name) => element.TryGetProperty(name, out _);

    private DeploymentException Bad(string what, string defect) =>
        DeploymentException.Refused(Codes.SealedFileInvalid, $"Sealed file '{path}' does not hold together: {what} {defect}. Take it from version control again.");
}
