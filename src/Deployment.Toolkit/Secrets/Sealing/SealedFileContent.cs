using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Turns the parsed JSON into the file, checking each member's form and the rules that hold between them.</summary>
internal sealed class SealedFileContent(string path)
{
    private const int LongestText = 128;
    private const int ShownNames = 50;

    internal SealedFile Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Bad("the root", "is no object");
        CheckFormat(root, Text(root, "format"));
        var (id, environment) = (Id(root, "file", SealedFormat.FileIdSize), Name(root, "environment"));
        var chain = ReadChain(id, environment, Items(root, "headers", ReadHeader));
        var file = new SealedFile
        {
            Id = id,
            Environment = environment,
            Chain = chain,
            Recipients = ReadRecipients(root, chain.Head.Recipients),
            Entries = Items(root, "secrets", ReadEntry),
            Spent = Items(root, "spent", element => new SpentVersion(Name(element, "name"), Version(element))),
            Settled = Items(root, "settled", ReadSettled),
            Seal = Bytes(root, "seal", SealedFormat.MacSize),
        };
        Check(file);
        return file;
    }

    /// <returns>The proposal, or null when the line is not exactly one that was written.</returns>
    internal SealedProposal? TryReadProposal(string line, FileScope scope)
    {
        try
        {
            using var document = SealedFileReader.Parse(Encoding.UTF8.GetBytes(line), path);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && ReadProposal(document.RootElement, scope) is var proposal
                && SealedFileWriter.Line(proposal) == line
                ? proposal
                : null;
        }
        catch (Exception e) when (e is DeploymentException or InvalidOperationException)
        {
            return null;
        }
    }

    // Whoever has the public keys can have made a file of the format without signatures: to put its values into one's own is for a person
    // to decide, who looks at each.
    private void CheckFormat(JsonElement root, string format)
    {
        if (format == SealedFormat.Name)
            return;
        if (!format.StartsWith(SealedFormat.Family, StringComparison.Ordinal))
            throw Bad("'format'", $"is not '{SealedFormat.Name}'");

        var at =
            Has(root, "environment") && Text(root, "environment") is var environment && SealedFormat.IsName(environment)
                ? environment
                : "ENVIRONMENT";
        var names =
            root.TryGetProperty("secrets", out var entries) && entries.ValueKind == JsonValueKind.Array
                ? entries
                    .EnumerateArray()
                    .Where(static entry => entry.ValueKind == JsonValueKind.Object && Has(entry, "name"))
                    .Select(entry => Text(entry, "name"))
                    .Where(SealedFormat.IsName)
                    .Distinct(StringComparer.OrdinalIgnoreCase)
                    .ToList()
                : [];
        throw DeploymentException.Refused(
            Codes.SealedFormatOther,
            $"Sealed file '{path}' has the format '{format}', and this version of the toolkit knows '{SealedFormat.Name}' alone, in "
                + $"which headers are signed. Nothing in it proves who made it, so it is not taken over by itself. "
                + $"With the version of the app that made it, run 'deploy secrets get NAME --environment {at}' for each of its "
                + $"secrets{List(names)}, and look whether they are yours. Then move the file away, run 'deploy secrets init "
                + $"--environment {at}', and pin the root that it prints. "
                + $"Where the old file was deployed, 'deploy secrets verify --environment {at} --trust' has the journal remember the "
                + $"new one. At last give the values to 'deploy secrets import --environment {at}' as lines of NAME=value."
        );
    }

    private static string List(List<string> names) =>
        names.Count == 0
            ? ""
            : $" ({string.Join(", ", names.Take(ShownNames))}{(names.Count > ShownNames ? $" and {names.Count - ShownNames} more" : "")})";

    private HeaderChain ReadChain(string id, string environment, List<SealedHeader> headers)
    {
        try
        {
            return HeaderChain.Read(id, environment, headers);
        }
        catch (FormatException e)
        {
            throw Bad("'headers'", $"are broken: {e.Message}");
        }
    }

    private SealedHeader ReadHeader(JsonElement element) =>
        new()
        {
            Epoch = Number(element, "epoch", 1, SealedFormat.MostEpochs),
            Commitment = Bytes(element, "commitment", SealedFormat.MacSize),
            DevelopmentKey = Has(element, "developmentKey") ? Name(element, "developmentKey") : null,
            Before = Has(element, "after")
                ? Values(
                    element,
                    "after",
                    item => item.TryGetBytesFromBase64(out var hash) && hash.Length == SealedFormat.MacSize ? hash : null
                )
                : [],
            Added = Ordered(element, "added", static recipient => recipient.Name, ReadIdentity),
            Removed = Has(element, "removed")
                ? Values(element, "removed", static item => item.GetString() is { } name && SealedFormat.IsName(name) ? name : null)
                : [],
            Proposers = Ordered(
                element,
                "proposers",
                static proposer => proposer.Name,
                proposer => new Proposer(Name(proposer, "name"), Point(proposer, "signingKey"))
            ),
            By = Name(element, "by"),
            Signature = Bytes(element, "signature", SigningKey.SignatureSize),
        };

    private Recipient ReadIdentity(JsonElement element)
    {
        var kind = Text(element, "kind") switch
        {
            "p256" => RecipientKind.P256,
            "raw" => RecipientKind.Raw,
            "passphrase" => RecipientKind.Passphrase,
            _ => throw Bad("'kind'", "of a recipient is none of p256, raw and passphrase"),
        };
        var isPassphrase = kind == RecipientKind.Passphrase;
        return new Recipient(Name(element, "name"), kind, Point(element, "publicKey"), Point(element, "signingKey"))
        {
            Salt = isPassphrase ? Bytes(element, "salt", SealedFormat.SaltSize) : [],
            Iterations = isPassphrase ? (int)Number(element, "iterations", SealedFormat.FewestIterations, SealedFormat.MostIterations) : 0,
        };
    }

    private List<Recipient> ReadRecipients(JsonElement root, IReadOnlyList<Recipient> declared)
    {
        var index = 0;
        var recipients = Items(
            root,
            "recipients",
            element =>
            {
                var name = Name(element, "name");
                if (index == declared.Count || declared[index].Name != name)
                    throw Bad($"recipient '{name}'", "is not the one that the last header has in this place");
                return declared[index++] with
                {
                    Encapsulated = Point(element, "encapsulated"),
                    WrappedKey = Bytes(element, "wrappedKey", SealedFormat.KeySize + HpkeAeads.TagSize),
                };
            }
        );
        return recipients.Count == declared.Count
            ? recipients
            : throw Bad("'recipients'", $"has {recipients.Count} lines, and the last header names {declared.Count}");
    }

    private SettledProposal ReadSettled(JsonElement element) =>
        new(
            Id(element, "proposal", SealedProposals.IdSize),
            Name(element, "name"),
            Version(element),
            Text(element, "outcome") switch
            {
                "accepted" => true,
                "rejected" => false,
                _ => throw Bad("'outcome'", "of a proposal is none of accepted and rejected"),
            }
        );

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

    private SealedProposal ReadProposal(JsonElement element, FileScope scope)
    {
        if (Text(element, "state") != "proposed")
            throw Bad("'state'", "of a proposal is not proposed");

        var isSigned = Has(element, "signingKey");
        var proposal = new SealedProposal(
            Id(element, "id", SealedProposals.IdSize),
            ReadHead(element, EntryState.Proposed),
            Time(element, "proposedAt") ?? throw Bad("'proposedAt'", "is missing"),
            Name(element, "by")
        )
        {
            Commitment = Bytes(element, "commitment", SealedFormat.MacSize),
            SigningKey = isSigned ? Point(element, "signingKey") : [],
            Signature = isSigned ? Bytes(element, "signature", SigningKey.SignatureSize) : [],
            Copies = Items(
                element,
                "copies",
                copy => new ProposalCopy(Name(copy, "recipient"), Point(copy, "encapsulated"), Box(copy, SealedProposals.OpeningSize))
            ),
            Digest = Bytes(element, "digest", SealedFormat.MacSize),
        };
        var isWhole =
            proposal.Digest.AsSpan().SequenceEqual(SealedFileWriter.DigestOf(proposal))
            && (!isSigned || SealedProposals.IsSignedBySigner(scope, proposal));
        return isWhole ? proposal : throw Bad($"proposal '{proposal.Entry.Name}'", "is damaged");
    }

    private SealedEntry ReadHead(JsonElement element, EntryState state) =>
        new(Name(element, "name"), Version(element), state, Time(element, "notBefore"), Time(element, "expires"));

    private void Check(SealedFile file)
    {
        if (file.Recipients.Sum(static recipient => (long)recipient.Iterations) is > SealedFormat.MostIterations and var iterations)
            throw Bad(
                "'recipients'",
                $"has passphrases of {iterations} iterations together, more than the {SealedFormat.MostIterations} that may be asked for"
            );

        InOrder(file.Settled, static settled => settled.Id, "settled proposal");
        InOrder(file.Spent, static spent => spent.Name, "spent version of");
        var newest = file.Entries.ToLookup(static entry => entry.Name, static entry => entry.Version, StringComparer.OrdinalIgnoreCase);
        if (file.Spent.FirstOrDefault(spent => newest[spent.Name].Any(version => version >= spent.Version)) is { } low)
            throw Bad($"spent version of '{low.Name}'", "is lower than one that stands there");
        if (file.Spent.DistinctBy(static spent => spent.Name, StringComparer.OrdinalIgnoreCase).Count() < file.Spent.Count)
            throw Bad("'spent'", "has a name in two spellings");

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < file.Entries.Count; i++)
        {
            var (entry, next) = (file.Entries[i], i + 1 < file.Entries.Count ? file.Entries[i + 1] : null);
            var isLast = next is null || next.Name != entry.Name;
            if (
                next is not null
                && (
                    string.CompareOrdinal(entry.Name, next.Name) is var order
                    && (order > 0 || (order == 0 && entry.Version >= next.Version))
                )
            )
                throw Bad($"secret '{next.Name}' version {next.Version}", "stands out of order or twice");
            if (isLast && !names.Add(entry.Name))
                throw Bad($"secret '{entry.Name}'", "stands there in two spellings");
            if (isLast != (entry.State == EntryState.Current))
                throw Bad(
                    $"secret '{entry.Name}' version {entry.Version}",
                    isLast ? "is the newest there and not the current one: a line is missing" : "is current and not the newest"
                );
        }
    }

    private byte[] Box(JsonElement element, int prefix)
    {
        var box = Bytes(element, "sealed", null);
        var padded = box.Length - prefix - HpkeAeads.TagSize;
        return padded > 0 && padded % SealedFormat.Bucket == 0 && padded <= PaddedValue.LongestPadded
            ? box
            : throw Bad("'sealed'", "has a length that no sealed value has");
    }

    private byte[] Point(JsonElement element, string name) =>
        Bytes(element, name, P256Point.Size) is var point && P256Point.IsOnCurve(point)
            ? point
            : throw Bad($"'{name}'", "is no point of the curve P-256");

    private byte[] Bytes(JsonElement element, string name, int? size) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.TryGetBytesFromBase64(out var bytes)
        && (size is null || bytes.Length == size)
            ? bytes
            : throw Bad($"'{name}'", size is null ? "is missing or no Base64" : $"is missing or no Base64 of {size} bytes");

    private string Id(JsonElement element, string name, int size) =>
        Text(element, name) is var text && text.Length == 2 * size && text.All(char.IsAsciiHexDigitLower)
            ? text
            : throw Bad($"'{name}'", $"is not {2 * size} lower-case hexadecimal digits");

    private string Name(JsonElement element, string name) =>
        Text(element, name) is var text && SealedFormat.IsName(text)
            ? text
            : throw Bad($"'{name}'", "holds more than letters, digits, '.', '-' and '_'");

    private DateTimeOffset? Time(JsonElement element, string name) =>
        !Has(element, name) ? null
        : SealedFormat.TryTime(Text(element, name), out var time) ? time
        : throw Bad($"'{name}'", "is no time of the form 2026-01-31T00:00:00Z");

    private long Version(JsonElement element) => Number(element, "version", 1, SealedFormat.MostVersions);

    private long Number(JsonElement element, string name, long least, long most) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
        && number >= least
        && number <= most
            ? number
            : throw Bad($"'{name}'", $"is missing or not between {least} and {most}");

    private string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: <= LongestText } text
            ? text
            : throw Bad($"'{name}'", "is missing or no short text");

    private List<T> Items<T>(JsonElement element, string name, Func<JsonElement, T> read)
    {
        if (!element.TryGetProperty(name, out var items) || items.ValueKind != JsonValueKind.Array)
            throw Bad($"'{name}'", "is missing or no list");

        var list = new List<T>(items.GetArrayLength());
        foreach (var item in items.EnumerateArray())
            list.Add(item.ValueKind == JsonValueKind.Object ? read(item) : throw Bad($"'{name}'", "holds something that is no object"));
        return list;
    }

    private List<T> Ordered<T>(JsonElement element, string name, Func<T, string> key, Func<JsonElement, T> read)
    {
        if (!Has(element, name))
            return [];

        var items = Items(element, name, read);
        InOrder(items, key, name);
        return items.Count <= SealedFormat.MostRecipients
            ? items
            : throw Bad($"'{name}'", $"has more than {SealedFormat.MostRecipients} entries");
    }

    private List<T> Values<T>(JsonElement element, string name, Func<JsonElement, T?> read)
        where T : class
    {
        if (
            !element.TryGetProperty(name, out var items)
            || items.ValueKind != JsonValueKind.Array
            || items.GetArrayLength() > SealedFormat.MostRecipients
        )
            throw Bad($"'{name}'", "is no list, or too long");

        var list = new List<T>(items.GetArrayLength());
        foreach (var item in items.EnumerateArray())
            list.Add(
                (item.ValueKind == JsonValueKind.String ? read(item) : null)
                    ?? throw Bad($"'{name}'", "holds something that does not belong there")
            );
        return list;
    }

    private void InOrder<T>(IReadOnlyList<T> items, Func<T, string> key, string what)
    {
        for (var i = 1; i < items.Count; i++)
        {
            if (string.CompareOrdinal(key(items[i - 1]), key(items[i])) >= 0)
                throw Bad($"{what} '{key(items[i])}'", "stands out of order or twice");
        }
    }

    private static bool Has(JsonElement element, string name) => element.TryGetProperty(name, out _);

    private DeploymentException Bad(string what, string defect) =>
        DeploymentException.Refused(
            Codes.SealedFileInvalid,
            $"Sealed file '{path}' does not hold together: {what} {defect}. Take it from version control again."
        );
}
