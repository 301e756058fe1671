using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>One <c>appsettings*.json</c>, read once a text.</summary>
internal sealed class SettingsFile
{
    /// <summary>Shared by all rules: the driver keeps what it gives for as long as the text lives.</summary>
    public static readonly AdditionalTextValueProvider<SettingsFile?> Provider = new(Read);

    // Files change seldom, and a compiler's server reads the same ones in every build: about 20 bytes a character of JSON stay.
    private static readonly ConcurrentDictionary<string, SettingsFile> s_read = new(StringComparer.Ordinal);
    private static int s_characters;

    private static readonly char[] s_separators = ['/', '\\'];

    private const int MaxKept = 1 << 20;

    private readonly CommentSuppressions _suppressions;

    private SettingsFile(string path, SourceText text)
    {
        Path = path;

        // A text of its own: what is kept from build to build must not keep an editor's buffer as well.
        Text = SourceText.From(text.ToString());
        var name = FileName(path);
        Directory = path.Substring(0, path.Length - name.Length);
        Environment =
            name.Length > "appsettings.json".Length
                ? name.Substring("appsettings.".Length, name.Length - "appsettings..json".Length)
                : null;
        Json = JsonReader.Read(Text.ToString());
        var duplicates = new List<DuplicateSetting>();
        Root = Setting.Read(Json.Root, duplicates);
        Duplicates = duplicates;
        _suppressions = new CommentSuppressions(Text, Json.Comments.Select(c => (c.Span, c.Text)));
    }

    public string Path { get; }

    public string Directory { get; }

    /// <summary>As the file's name spells it; <see langword="null"/> of the base file.</summary>
    public string? Environment { get; }

    public SourceText Text { get; }

    public JsonTree Json { get; }

    public Setting Root { get; }

    public IReadOnlyList<DuplicateSetting> Duplicates { get; }

    /// <summary>Whether only people's own machines read it.</summary>
    public bool IsForDevelopment => Environment is not null && EnvironmentNames.IsDevelopment(Environment);

    public static bool IsSettings(string path)
    {
        var name = FileName(path);
        return name.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase)
            && name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            && (
                name.Length == "appsettings.json".Length || (name.Length > "appsettings..json".Length && name["appsettings".Length] == '.')
            );
    }

    public static string FileName(string path) => path.Substring(path.LastIndexOfAny(s_separators) + 1);

    public Location Locate(TextSpan span) => Location.Create(Path, span, Text.Lines.GetLinePositionSpan(span));

    /// <summary>Whether a comment with a reason switches the rule off for this place.</summary>
    public bool Suppresses(string id, TextSpan span) => _suppressions.Has(id, span);

    private static SettingsFile? Read(AdditionalText file)
    {
        if (!IsSettings(file.Path) || file.GetText() is not { } text)
        {
            return null;
        }

        if (s_read.TryGetValue(file.Path, out var known) && known.Text.ContentEquals(text))
        {
            return known;
        }

        var made = new SettingsFile(file.Path, text);
        if (text.Length > MaxKept)
        {
            return made;
        }

        if (Interlocked.Add(ref s_characters, text.Length) > MaxKept)
        {
            s_read.Clear();
            Interlocked.Exchange(ref s_characters, text.Length);
        }

        s_read[file.Path] = made;
        return made;
    }
}
