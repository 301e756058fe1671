using System.Globalization;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The sealed file as a source of secrets. It is opened at the first question, and again when the file on disk is another.</summary>
internal sealed class SealedSecretSource(SealedSecrets secrets, TimeProvider time) : ISecretSource, IDisposable
{
    private readonly Lock _gate = new();
    private Loaded? _loaded;

    public string Name => $"sealed file {Path.GetFileName(secrets.Path)}";

    public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        if (!string.Equals(request.Environment.Name, secrets.Environment, StringComparison.OrdinalIgnoreCase) || !secrets.Exists) return new((SecretValue?)null);

        lock (_gate)
        {
            var stamp = Stamp.Of(secrets.Path);
            if (_loaded is not { } loaded || loaded.Stamp != stamp)
            {
                // The old one stays until the new one has opened: a file that is half copied or broken takes nothing away.
                var fresh = Loaded.Open(secrets, stamp);
                _loaded?.Dispose();
                _loaded = loaded = fresh;
            }

            return new(loaded.Find(request, time.GetUtcNow()));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _loaded?.Dispose();
            _loaded = null;
        }
    }

    private readonly record struct Stamp(DateTime Written, long Length)
    {
        internal static Stamp Of(string path) => new FileInfo(path) is var file && file.Exists ? new Stamp(file.LastWriteTimeUtc, file.Length) : default;
    }

    private sealed class Loaded(OpenedFile opened, Stamp stamp, Dictionary<string, List<SealedEntry>> versions, Dictionary<SealedEntry, Secret> proposed) : IDisposable
    {
        internal Stamp Stamp => stamp;

        internal static Loaded Open(SealedSecrets secrets, Stamp stamp)
        {
            var opened = secrets.Open();
            try
            {
                var versions = opened.File.Entries.GroupBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(static group => group.Key, static group => group.ToList(), StringComparer.OrdinalIgnoreCase);
                var proposed = new Dictionary<SealedEntry, Secret>(ReferenceEqualityComparer.Instance);
                if (opened.File.AcceptsProposals) Accept(opened, secrets.Path, versions, proposed);
                return new Loaded(opened, stamp, versions, proposed);
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        }

        internal SecretValue? Find(SecretRequest request, DateTimeOffset now) =>
            versions.TryGetValue(request.Name, out var all) && SealedLookup.Find(all, request.Version, now) is { } entry
                ? new SecretValue(proposed.TryGetValue(entry, out var value) ? value : opened.Reveal(entry)) { Version = entry.Version.ToString(CultureInfo.InvariantCulture), ExpiresAt = entry.Expires }
                : null;

        public void Dispose() => opened.Dispose();

        // In memory alone: the file gets them once a person accepts.
        private static void Accept(OpenedFile opened, string path, Dictionary<string, List<SealedEntry>> versions, Dictionary<SealedEntry, Secret> proposed)
        {
            foreach (var name in SealedProposals.Fresh(opened.File).Select(static proposal => proposal.Entry.Name).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                var proposal = SealedProposals.Choose(opened.File, name);
                proposed[proposal.Entry] = SealedProposals.Open(opened, proposal, path);
                if (!versions.TryGetValue(name, out var all)) versions[name] = all = [];
                all.Add(proposal.Entry);
            }
        }
    }
}
