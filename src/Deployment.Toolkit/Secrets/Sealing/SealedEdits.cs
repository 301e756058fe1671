using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>What can be done to an opened file's secrets. Each returns the new file, which is sealed at the end.</summary>
internal static class SealedEdits
{
    /// <summary>Computes the seal anew.</summary>
    internal static SealedFile Seal(SealedFile draft, DataKey key) => draft with { Seal = key.Seal(draft) };

    /// <summary>The versions of a name replaced by others. Numbers that go with them stay taken.</summary>
    internal static SealedFile Put(OpenedFile opened, string name, IReadOnlyList<SealedEntry> versions)
    {
        var file = opened.File;
        var highest = Math.Max(Next(file, name) - 1, versions.Count == 0 ? 0 : versions.Max(static entry => entry.Version));
        var spent = file.Spent.Where(other => !string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase));
        if (versions.Count == 0 || versions.Max(static entry => entry.Version) < highest)
            spent = spent.Append(new SpentVersion(name, highest));
        return file with { Entries = Sorted(file.Entries.Where(entry => entry.Name != name).Concat(versions)), Spent = Sorted(spent) };
    }

    internal static SealedFile Set(OpenedFile opened, string name, Secret value, SealedValidity validity, DateTimeOffset now)
    {
        var spelled = Spelling(opened.File, name);
        return Put(
            opened,
            spelled,
            [.. InForceUntil(opened, Versions(opened.File, spelled), validity.NotBefore, now), New(opened, spelled, value, validity)]
        );
    }

    // A value that begins later leaves the present one until then, and takes the place of another that was to begin.
    private static IEnumerable<SealedEntry> InForceUntil(
        OpenedFile opened,
        List<SealedEntry> versions,
        DateTimeOffset? begin,
        DateTimeOffset now
    )
    {
        if (
            SealedFormat.Whole(begin) is not { } end
            || end <= now
            || versions.FindLastIndex(entry => entry.NotBefore is not { } from || from <= now) is not (>= 0 and var at)
        )
            return [];

        var present = versions[at];
        var planned = at + 1 < versions.Count ? versions[at + 1].NotBefore : null;
        var expires = present.Expires is { } own && own != planned && own < end ? own : end;
        return
        [
            opened.Key.SealEntry(
                opened.File.Scope,
                present with
                {
                    State = EntryState.Previous,
                    Expires = expires,
                },
                opened.Reveal(present)
            ),
        ];
    }

    internal static SealedFile Rotate(
        OpenedFile opened,
        string name,
        Secret value,
        TimeSpan grace,
        SealedValidity validity,
        DateTimeOffset now
    )
    {
        var versions = Versions(opened.File, name);
        if (versions is not [.., var current])
            throw DeploymentException.Refused(
                Codes.SecretUnknown,
                $"There is no secret '{name}' to rotate.{Suggestion.Sentence(name, Names(opened.File))} A new one is added with 'deploy "
                    + $"secrets set {name}'."
            );

        var end = (validity.NotBefore > now ? validity.NotBefore.Value : now) + grace;
        var previous = current with
        {
            State = EntryState.Previous,
            Expires = SealedFormat.Whole(current.Expires < end ? current.Expires : end),
        };
        var kept = versions.Take(versions.Count - 1).Where(entry => entry.Expires > now).ToList();
        // Without grace nobody may read the old value any more, so it does not stay at all.
        if (previous.Expires > now)
            kept.Add(opened.Key.SealEntry(opened.File.Scope, previous, opened.Reveal(current)));
        return Put(opened, current.Name, [.. kept, New(opened, current.Name, value, validity)]);
    }

    internal static SealedFile Remove(OpenedFile opened, string name) =>
        Versions(opened.File, name) is [var first, ..]
            ? Put(opened, first.Name, [])
            : throw DeploymentException.Refused(
                Codes.SecretUnknown,
                $"There is no secret '{name}' to remove.{Suggestion.Sentence(name, Names(opened.File))} 'deploy secrets list' shows "
                    + $"those that there are."
            );

    internal static List<SealedEntry> Versions(SealedFile file, string name) =>
        [.. file.Entries.Where(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The number of a name's next version: none that it ever had.</summary>
    internal static long Next(SealedFile file, string name)
    {
        var spent = file.Spent.FirstOrDefault(spent => string.Equals(spent.Name, name, StringComparison.OrdinalIgnoreCase))?.Version ?? 0;
        return Math.Max(Versions(file, name).LastOrDefault()?.Version ?? 0, spent) + 1;
    }

    internal static IEnumerable<string> Names(SealedFile file) =>
        file.Entries.Select(static entry => entry.Name).Distinct(StringComparer.Ordinal);

    internal static IReadOnlyList<SealedEntry> Sorted(IEnumerable<SealedEntry> entries) =>
        [.. entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal).ThenBy(static entry => entry.Version)];

    internal static IReadOnlyList<SpentVersion> Sorted(IEnumerable<SpentVersion> spent) =>
        [.. spent.OrderBy(static spent => spent.Name, StringComparer.Ordinal)];

    internal static SealedEntry New(OpenedFile opened, string name, Secret value, SealedValidity validity)
    {
        var version = Next(opened.File, name);
        if (version > SealedFormat.MostVersions)
            throw DeploymentException.Refused(
                Codes.SecretInvalid,
                $"Secret '{name}' had {SealedFormat.MostVersions} versions, as many as a name may have. Seal the value under another name."
            );

        return opened.Key.SealEntry(
            opened.File.Scope,
            new SealedEntry(
                name,
                version,
                EntryState.Current,
                SealedFormat.Whole(validity.NotBefore),
                SealedFormat.Whole(validity.ExpiresAt)
            ),
            value
        );
    }

    /// <summary>References are looked up without case, as configuration is; so a name has one spelling.</summary>
    private static string Spelling(SealedFile file, string name) =>
        Versions(file, name) is [var first, ..]
            ? first.Name
            : file.Spent.FirstOrDefault(spent => string.Equals(spent.Name, name, StringComparison.OrdinalIgnoreCase))?.Name ?? name;
}
