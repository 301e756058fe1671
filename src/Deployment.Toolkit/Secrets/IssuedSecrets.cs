using System.Collections.Concurrent;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// Every secret that a source has given to this process. It stands apart from the sources, so that a message can be masked when none of
/// them can be made; what was a secret once stays one after a rotation.
/// </summary>
internal sealed class IssuedSecrets
{
    private readonly ConcurrentDictionary<string, bool> _values = new(StringComparer.Ordinal);

    internal int Count => _values.Count;

    internal IEnumerable<string> Values => _values.Keys;

    internal void Add(Secret secret) => _values.TryAdd(secret.Reveal(), true);
}
