namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The headers of a file from its root on. One that was made holds together and is signed; see <see cref="Read"/>.</summary>
internal sealed class HeaderChain
{
    private readonly string _file;
    private readonly string _environment;
    private readonly List<HeaderState> _states;

    private HeaderChain(string file, string environment, List<HeaderState> states) =>
        (_file, _environment, _states) = (file, environment, states);

    internal IReadOnlyList<HeaderState> States => _states;

    internal HeaderState Root => _states[0];

    internal HeaderState Head => _states[^1];

    /// <summary>The header that brought the present data key in: all files of this epoch share it.</summary>
    internal HeaderState EpochBegin => _states.Find(state => HasSameKey(state.Header, Head.Header))!;

    internal bool Has(ReadOnlySpan<byte> hash)
    {
        foreach (var state in _states)
        {
            if (hash.SequenceEqual(state.Hash))
                return true;
        }

        return false;
    }

    internal static HeaderChain Begin(
        string file,
        string environment,
        SealedHeader root,
        IReadOnlyList<Recipient> recipients,
        SigningKey key
    )
    {
        var header = root with { Added = [.. recipients.Select(static recipient => recipient.WithoutCopy)] };
        var chain = new HeaderChain(file, environment, []);
        chain._states.Add(chain.Sign(header, header.Added, key));
        return chain;
    }

    /// <summary>A header behind the last one.</summary>
    /// <param name="header">What it says; who is added and removed is found out here.</param>
    /// <param name="recipients">All recipients from here on, by name.</param>
    /// <param name="key">The key of the recipient <see cref="SealedHeader.By"/>.</param>
    /// <param name="merged">The headers of another branch, which ends here too.</param>
    internal HeaderChain Append(SealedHeader header, IReadOnlyList<Recipient> recipients, SigningKey key, HeaderChain? merged = null)
    {
        var before = Head;
        var states = new List<HeaderState>(_states);
        if (merged is not null)
            states.AddRange(merged._states.Where(state => !Has(state.Hash)));
        IReadOnlyList<Recipient> all = [.. recipients.Select(static recipient => recipient.WithoutCopy)];
        var signed = Sign(
            header with
            {
                Before = merged is null ? [before.Hash] : [before.Hash, merged.Head.Hash],
                Added = [.. all.Where(recipient => before.Find(recipient.Name)?.IsSameAs(recipient) != true)],
                Removed =
                [
                    .. before.Recipients.Where(recipient => !all.Any(recipient.IsSameAs)).Select(static recipient => recipient.Name),
                ],
            },
            all,
            key
        );
        return new HeaderChain(_file, _environment, [.. states, signed]);
    }

    /// <summary>The states that headers from a file lead to. Nothing of signatures is looked at yet.</summary>
    /// <exception cref="FormatException">They don't hold together; the message says which and why.</exception>
    internal static HeaderChain Read(string file, string environment, IReadOnlyList<SealedHeader> headers)
    {
        if (headers.Count is 0 or > SealedFormat.MostHeaders)
            throw new FormatException($"there are {headers.Count}, not between 1 and {SealedFormat.MostHeaders}");

        var states = new List<HeaderState>(headers.Count);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var isFollowed = new bool[headers.Count];
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            if (i == 0 ? header.Before.Count != 0 : header.Before.Count is not (1 or 2))
                throw new FormatException($"{Name(i)} follows {header.Before.Count} others");

            var before = new List<HeaderState>(2);
            foreach (var hash in header.Before)
            {
                if (!places.TryGetValue(Convert.ToHexString(hash), out var place) || before.Contains(states[place]))
                    throw new FormatException($"{Name(i)} follows one that does not stand before it");
                isFollowed[place] = true;
                before.Add(states[place]);
            }

            if (before.Count > 0 && !Continues(header, before))
                throw new FormatException($"{Name(i)} has an epoch or data key that does not follow from those before it");
            var recipients =
                Apply(header, before.Count == 0 ? [] : before[0].Recipients)
                ?? throw new FormatException($"{Name(i)} adds or removes recipients that are there, or are not");
            var state = new HeaderState(header, header.Hash(file, environment, recipients), recipients);
            if (!places.TryAdd(Convert.ToHexString(state.Hash), i))
                throw new FormatException($"{Name(i)} stands there twice");
            states.Add(state);
        }

        // Otherwise a branch that nobody ever joined could stand in the file.
        var lost = Array.IndexOf(isFollowed, false, 0, headers.Count - 1);
        return lost < 0 ? new HeaderChain(file, environment, states) : throw new FormatException($"{Name(lost)} is followed by none");
    }

    /// <returns>The number of the first header that no recipient of every header before it signed; null when all are signed.</returns>
    internal int? FindUnsigned()
    {
        var byHash = _states.ToDictionary(static state => Convert.ToHexString(state.Hash), StringComparer.Ordinal);
        for (var i = 0; i < _states.Count; i++)
        {
            var state = _states[i];
            var header = state.Header;
            var authorities = header.Before.Count == 0 ? [state] : header.Before.Select(hash => byHash[Convert.ToHexString(hash)]);
            // Whoever was taken out on one branch cannot speak for it any more: a signer has to stand in both.
            if (
                !authorities.All(authority =>
                    authority.Find(header.By) is { } signer && SigningKey.Verify(signer.SigningKey, state.Hash, header.Signature)
                )
            )
                return i;
        }

        return null;
    }

    private static bool HasSameKey(SealedHeader one, SealedHeader other) =>
        one.Epoch == other.Epoch && one.Commitment.AsSpan().SequenceEqual(other.Commitment);

    // Either the data key of the newest epoch before it, or a new one in an epoch of its own.
    private static bool Continues(SealedHeader header, List<HeaderState> before)
    {
        var newest = before.Max(static state => state.Header.Epoch);
        return header.Epoch > newest
            ? !before.Exists(state => state.Header.Commitment.AsSpan().SequenceEqual(header.Commitment))
            : header.Epoch == newest && before.TrueForAll(state => state.Header.Epoch < newest || HasSameKey(state.Header, header));
    }

    private static List<Recipient>? Apply(SealedHeader header, IReadOnlyList<Recipient> before)
    {
        var byName = new SortedDictionary<string, Recipient>(StringComparer.Ordinal);
        foreach (var recipient in before)
            byName.Add(recipient.Name, recipient);
        foreach (var name in header.Removed)
        {
            if (!byName.Remove(name))
                return null;
        }

        foreach (var recipient in header.Added)
        {
            if (!byName.TryAdd(recipient.Name, recipient))
                return null;
        }

        return byName.Count is > 0 and <= SealedFormat.MostRecipients ? [.. byName.Values] : null;
    }

    private HeaderState Sign(SealedHeader header, IReadOnlyList<Recipient> recipients, SigningKey key)
    {
        var hash = header.Hash(_file, _environment, recipients);
        return new HeaderState(header with { Signature = key.Sign(hash) }, hash, recipients);
    }

    private static string Name(int index) => $"header {index + 1}";
}
