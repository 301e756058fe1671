using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Registration;

/// <summary>
/// One thing that a registration says: what, how a message shows it (<see langword="null"/>: not at all), and what it is compared by.
/// </summary>
internal readonly record struct Declared(string What, string? Text, object? Value)
{
    internal static Declared Of<T>(string what, T value) => new(what, FormattableString.Invariant($"{value}"), value);
}

/// <summary>
/// What was registered so far. The same said twice is one registration; two different things under one name are a fault that is said at
/// start and by every verb, whichever was said first.
/// </summary>
internal sealed class Declarations
{
    private readonly Dictionary<object, IReadOnlyList<Declared>> _known = new(new KeyComparer());
    private readonly List<DeploymentMessage> _faults = [];

    internal IReadOnlyList<DeploymentMessage> Faults => _faults;

    /// <summary>Keeps what does not fit together for the report of the start and of every verb.</summary>
    internal void Refuse(string text)
    {
        var fault = new DeploymentMessage(Codes.RegistrationInvalid, text);
        if (!_faults.Contains(fault))
            _faults.Add(fault);
    }

    /// <param name="key">What there can be one of: a name, or what makes it, by which two are told that have none.</param>
    /// <param name="subject">The subject of the message.</param>
    /// <param name="call">The call of which one is to be kept.</param>
    /// <param name="said">What the registration says.</param>
    /// <returns>Whether it is the first under its key.</returns>
    internal bool Add(object key, string subject, string call, params IReadOnlyList<Declared> said)
    {
        if (_known.TryAdd(key, said))
            return true;

        var earlier = _known[key];
        var differences = earlier
            .Join(said, static one => one.What, static other => other.What, static (one, other) => (one.What, First: one, Second: other))
            .Where(static pair => !Equals(pair.First.Value, pair.Second.Value))
            .ToList();
        if (differences.Count == 0)
            return false;

        var texts = differences.Select(static pair =>
            pair.First.Text is { } a && pair.Second.Text is { } b && a != b ? $"{pair.What} is {a} and {b}" : $"{pair.What} is not the same"
        );
        Refuse($"{subject} is registered twice, and differently: {string.Join("; ", texts)}. Keep one of the calls of {call}.");
        return false;
    }

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        bool IEqualityComparer<object>.Equals(object? x, object? y) =>
            x is string a && y is string b ? a.Equals(b, StringComparison.OrdinalIgnoreCase) : Equals(x, y);

        int IEqualityComparer<object>.GetHashCode(object key) =>
            key is string text ? text.GetHashCode(StringComparison.OrdinalIgnoreCase) : key.GetHashCode();
    }
}
