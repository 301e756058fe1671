using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// The sealed file as a source of secrets. It is opened at the first question, and again when the file on disk is another.
/// </summary>
internal sealed class SealedSecretSource(SealedSecrets secrets, TimeProvider time, ILogger? logger = null) : ISecretSource, IDisposable
{
    private readonly Lock _gate = new();
    private Loaded? _loaded;

    /// <summary>
    /// Whether nothing is known against the file: it could only not be opened here. One that was tampered with must never make room for a
    /// weaker source.
    /// </summary>
    internal static bool IsOutOfReach(Exception? failure) =>
        failure is null or OperationCanceledException or IOException or UnauthorizedAccessException
        || (
            failure is DeploymentException { Messages: [var message, ..] }
            && message.Code is Codes.SecretsKeyMissing or Codes.SealedFileBusy
        );

    public string Name => $"sealed file {Path.GetFileName(secrets.Path)}";

    public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        if (!string.Equals(request.Environment.Name, secrets.Environment, StringComparison.OrdinalIgnoreCase) || !secrets.Exists)
            return new((SecretValue?)null);

        lock (_gate)
            return new(Load(cancellationToken).Find(request, time.GetUtcNow()));
    }

    /// <summary>Opens the file, if there is one.</summary>
    /// <exception cref="DeploymentException">It does not open, or was tampered with.</exception>
    internal void EnsureOpens()
    {
        lock (_gate)
        {
            if (secrets.Exists)
                Load(CancellationToken.None);
        }
    }

    private Loaded Load(CancellationToken cancellationToken)
    {
        var stamp = Stamp.Of(secrets.Path);
        if (_loaded is { } loaded && loaded.Stamp == stamp)
            return loaded;

        // The old one stays until the new one has opened: a file that is half copied or broken takes nothing away.
        var fresh = Loaded.Open(secrets, stamp, logger ?? NullLogger.Instance, cancellationToken);
        _loaded?.Dispose();
        return _loaded = fresh;
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
        internal static Stamp Of(string path) =>
            new FileInfo(path) is var file && file.Exists ? new Stamp(file.LastWriteTimeUtc, file.Length) : default;
    }

    private sealed class Loaded(
        OpenedFile opened,
        Stamp stamp,
        Dictionary<string, List<SealedEntry>> versions,
        Dictionary<SealedEntry, Secret> proposed
    ) : IDisposable
    {
        internal Stamp Stamp => stamp;

        internal static Loaded Open(SealedSecrets secrets, Stamp stamp, ILogger logger, CancellationToken cancellationToken)
        {
            var opened = secrets.Open(cancellationToken);
            try
            {
                var versions = opened
                    .File.Entries.GroupBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase)
                    .ToDictionary(static group => group.Key, static group => group.ToList(), StringComparer.OrdinalIgnoreCase);
                var proposed = new Dictionary<SealedEntry, Secret>(ReferenceEqualityComparer.Instance);
                foreach (var ignored in opened.File.Ignored)
                    Log.ProposalIgnored(logger, secrets.Path, ignored);
                if (opened.File.Header.Proposers.Count > 0)
                    Accept(opened, secrets.Path, versions, proposed, logger);
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
                ? new SecretValue(proposed.TryGetValue(entry, out var value) ? value : opened.Reveal(entry))
                {
                    Version = entry.Version.ToString(CultureInfo.InvariantCulture),
                    ExpiresAt = entry.Expires,
                }
                : null;

        public void Dispose() => opened.Dispose();

        // In memory alone: the file gets them once a person accepts. Whatever is wrong with one of them, all other secrets stay as they
        // are.
        private static void Accept(
            OpenedFile opened,
            string path,
            Dictionary<string, List<SealedEntry>> versions,
            Dictionary<SealedEntry, Secret> proposed,
            ILogger logger
        )
        {
            var listed = SealedProposals.Fresh(opened.File).Where(proposal => SealedProposals.ListedBy(opened.File, proposal) is not null);
            foreach (var ofName in listed.GroupBy(static proposal => proposal.Entry.Name, StringComparer.OrdinalIgnoreCase))
            {
                try
                {
                    if (ofName.Count() > 1)
                    {
                        Log.ProposalIgnored(logger, path, $"there are {ofName.Count()} for '{ofName.Key}', and only a person can choose");
                        continue;
                    }

                    var proposal = ofName.Single();
                    proposed[proposal.Entry] = SealedProposals.Open(opened, proposal, path);
                    if (!versions.TryGetValue(ofName.Key, out var all))
                        versions[ofName.Key] = all = [];
                    all.Add(proposal.Entry);
                }
                catch (DeploymentException refusal)
                {
                    Log.ProposalIgnored(logger, path, refusal.Messages[0].Text);
                }
            }
        }
    }
}
