namespace Deployment.Toolkit.Journal;

/// <summary>
/// What an environment had, when a run had succeeded, that no other may have: as fingerprints under the key that <paramref name="KeyId"/>
/// names.
/// </summary>
internal sealed record IsolationObserved(string KeyId, IReadOnlyList<ObservedFact> Facts);

/// <summary>One of these: a kind, where it stands, and its fingerprint.</summary>
internal sealed record ObservedFact(string Kind, string Subject, string Fingerprint)
{
    /// <summary>Of a database: the fingerprint of what tells it from a copy of its files.</summary>
    public string? Instance { get; init; }

    /// <summary>Of a database: that of its stamp.</summary>
    public string? Stamp { get; init; }
}
