using System.Globalization;
using System.Text.Json;
using Deployment.Toolkit.Health.Checks;

namespace Deployment.Toolkit;

/// <summary>What a value in an answer's JSON has to be. Without more it has to be there, and not <c>null</c>.</summary>
public sealed class JsonExpectation
{
    private readonly JsonPlace _place;
    private readonly List<Func<JsonElement, string?>> _required = [];
    private readonly List<Func<JsonElement, string?>> _wished = [];

    internal JsonExpectation(JsonPlace place) => _place = place;

    /// <summary>Requires a text.</summary>
    /// <param name="value">The text; case counts.</param>
    /// <returns>This.</returns>
    public JsonExpectation Is(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _required.Add(found =>
            found.ValueKind == JsonValueKind.String && found.ValueEquals(value) ? null : $"has another value than '{value}' at {_place}"
        );
        return this;
    }

    /// <summary>Requires <c>true</c> or <c>false</c>.</summary>
    /// <param name="value">Which of them.</param>
    /// <returns>This.</returns>
    public JsonExpectation Is(bool value)
    {
        var kind = value ? JsonValueKind.True : JsonValueKind.False;
        _required.Add(found => found.ValueKind == kind ? null : $"has another value than {(value ? "true" : "false")} at {_place}");
        return this;
    }

    /// <summary>Requires a number that is not below this one: what is, is unhealthy.</summary>
    /// <param name="least">The least that is good enough.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is no number.</exception>
    public JsonExpectation AtLeast(double least) => Add(_required, least, number => number < least, "below");

    /// <summary>Requires a number that is not above this one: what is, is unhealthy.</summary>
    /// <param name="most">The most that is good enough.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is no number.</exception>
    public JsonExpectation AtMost(double most) => Add(_required, most, number => number > most, "above");

    /// <summary>Makes a number below this one degraded, for example a quality below 0.7.</summary>
    /// <param name="limit">The limit; the number itself is well.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is no number.</exception>
    public JsonExpectation DegradedBelow(double limit) => Add(_wished, limit, number => number < limit, "below");

    /// <summary>Makes a number above this one degraded.</summary>
    /// <param name="limit">The limit; the number itself is well.</param>
    /// <returns>This.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is no number.</exception>
    public JsonExpectation DegradedAbove(double limit) => Add(_wished, limit, number => number > limit, "above");

    /// <returns>What is wrong with it; and whether that is no failure yet.</returns>
    internal JsonLack? Lack(JsonElement root)
    {
        if (_place.Find(root) is not { ValueKind: not JsonValueKind.Null } found)
            return new JsonLack($"has no value at {_place}", IsDegraded: false);

        return _required.Select(rule => rule(found)).FirstOrDefault(static lack => lack is not null) is { } lack
                ? new JsonLack(lack, IsDegraded: false)
            : _wished.Select(rule => rule(found)).FirstOrDefault(static lack => lack is not null) is { } less ? new JsonLack(less, true)
            : null;
    }

    private JsonExpectation Add(List<Func<JsonElement, string?>> rules, double limit, Predicate<double> isOver, string side)
    {
        if (!double.IsFinite(limit))
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "Name a number.");

        rules.Add(found =>
            found.ValueKind != JsonValueKind.Number || !found.TryGetDouble(out var number) ? $"has no number at {_place}"
            : isOver(number) ? string.Create(CultureInfo.InvariantCulture, $"has {number} at {_place}, {side} {limit}")
            : null
        );
        return this;
    }
}
