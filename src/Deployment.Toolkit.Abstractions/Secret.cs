using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit;

/// <summary>
/// A value that must not be seen by accident: text, logs, JSON, debugger and formatting show <c>***</c>. <see cref="Reveal"/> is the one
/// way out, so that a search for it finds every place where a secret leaves. The idea is Rust's <c>secrecy</c> crate's.
/// </summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(MaskedJson))]
public sealed class Secret : IEquatable<Secret>, IFormattable
{
    private const string Mask = "***";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    /// <summary>Wraps a value.</summary>
    /// <param name="value">The value; may be empty.</param>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>The value itself. Hand it to whoever needs it and keep it nowhere.</summary>
    /// <returns>The value as it was given.</returns>
    public string Reveal() => _value;

    /// <summary>Whether there is nothing in it.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public bool IsEmpty => _value.Length == 0;

    /// <summary>Whether both hold the same value, compared in a time that tells nothing of where they differ.</summary>
    /// <param name="other">The other.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(Secret? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(_value), Encoding.UTF8.GetBytes(other._value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <summary>One number for every secret: a hash of the value would tell something of it.</summary>
    /// <returns>Zero.</returns>
    public override int GetHashCode() => 0;

    /// <summary>The mask.</summary>
    /// <returns><c>***</c>.</returns>
    public override string ToString() => Mask;

    /// <summary>The mask, whatever the format.</summary>
    /// <param name="format">Ignored.</param>
    /// <param name="formatProvider">Ignored.</param>
    /// <returns><c>***</c>.</returns>
    public string ToString(string? format, IFormatProvider? formatProvider) => Mask;

    private sealed class MaskedJson : JsonConverter<Secret>
    {
        public override Secret? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } value ? new Secret(value) : null;

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(Mask);
    }
}
