using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// The fingerprint of a sealed file's root, as <c>deploy secrets verify</c> prints it; the format is the one of docs/secrets.md.
/// </summary>
/// <param name="Environment">Whose file it is.</param>
/// <param name="Fingerprint"><c>dtk1:…</c>.</param>
internal sealed record SealedRoot(string Environment, string Fingerprint)
{
    private const string Format = "deployment-toolkit/sealed-secrets/2";

    /// <summary>Far more than a file of secrets has; what is longer is not looked into while somebody types.</summary>
    private const int LongestFile = 1 << 20;

    /// <summary>Whether a file may be one by its name: <c>secrets.{environment}.json</c>.</summary>
    public static bool IsNamed(string path)
    {
        var name = SettingsFile.FileName(path);
        return name.StartsWith("secrets.", StringComparison.OrdinalIgnoreCase)
            && name.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads it; <see langword="null"/> when the text is none, is another environment's or of another format.</summary>
    public static SealedRoot? Read(string path, string text)
    {
        if (
            text.Length > LongestFile
            || text.IndexOf(Format, StringComparison.Ordinal) is < 0 or > 200
            || JsonReader.Read(text) is not { Root: { } file, Errors.IsEmpty: true, Comments.IsEmpty: true }
        )
        {
            return null;
        }

        try
        {
            return
                Text(file, "format") == Format
                && Text(file, "environment") is { Length: > 0 } environment
                && SettingsFile.FileName(path).Equals($"secrets.{environment}.json", StringComparison.OrdinalIgnoreCase)
                && Text(file, "file") is { } id
                && Items(file, "headers") is [{ Kind: JsonKind.Object } root, ..]
                && Hash(id, environment, root) is { } hash
                ? new SealedRoot(environment, $"dtk1:{environment}:{Written(hash)}")
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Written(byte[] hash) => Convert.ToBase64String(hash).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    // What the root's signature stands for: each field with its length in front.
    private static byte[]? Hash(string id, string environment, JsonValue root)
    {
        var recipients = Items(root, "added").OrderBy(r => Text(r, "name"), StringComparer.Ordinal).ToList();
        if (recipients.Count == 0 || Child(root, "after") is not null || Text(root, "by") is not { } by)
        {
            return null;
        }

        using var fields = new MemoryStream();
        Add(fields, Format);
        Add(fields, "header");
        Add(fields, id);
        Add(fields, environment);
        Add(fields, Number(root, "epoch"));
        Add(fields, Bytes(root, "commitment"));
        Add(fields, Text(root, "developmentKey") ?? "");
        Add(fields, 0);
        Add(fields, recipients.Count);
        foreach (var recipient in recipients)
        {
            Add(fields, Text(recipient, "name") ?? "");
            Add(fields, Text(recipient, "kind") ?? "");
            Add(fields, Bytes(recipient, "publicKey"));
            Add(fields, Bytes(recipient, "signingKey"));
            Add(fields, Bytes(recipient, "salt"));
            Add(fields, Number(recipient, "iterations"));
        }

        var proposers = Items(root, "proposers");
        Add(fields, proposers.Length);
        foreach (var proposer in proposers)
        {
            Add(fields, Text(proposer, "name") ?? "");
            Add(fields, Bytes(proposer, "signingKey"));
        }

        Add(fields, by);
        using var sha = SHA256.Create();
        return sha.ComputeHash(fields.ToArray());
    }

    private static void Add(Stream fields, string text) => Add(fields, Encoding.UTF8.GetBytes(text));

    private static void Add(Stream fields, long number)
    {
        var bytes = new byte[8];
        for (var i = 7; i >= 0; i--, number >>= 8)
        {
            bytes[i] = (byte)number;
        }

        Add(fields, bytes);
    }

    private static void Add(Stream fields, byte[] bytes)
    {
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            fields.WriteByte((byte)(bytes.Length >> shift));
        }

        fields.Write(bytes, 0, bytes.Length);
    }

    private static JsonValue? Child(JsonValue value, string name)
    {
        foreach (var property in value.Properties.IsDefault ? [] : value.Properties)
        {
            if (property.Name == name)
            {
                return property.Value;
            }
        }

        return null;
    }

    private static string? Text(JsonValue value, string name) => Child(value, name) is { Kind: JsonKind.String } text ? text.Text : null;

    private static ImmutableArray<JsonValue> Items(JsonValue value, string name) =>
        Child(value, name) is { Kind: JsonKind.Array } list ? list.Elements : [];

    private static long Number(JsonValue value, string name) =>
        Child(value, name) is { Kind: JsonKind.Number } number
        && long.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : 0;

    private static byte[] Bytes(JsonValue value, string name) => Text(value, name) is { } text ? Convert.FromBase64String(text) : [];
}
