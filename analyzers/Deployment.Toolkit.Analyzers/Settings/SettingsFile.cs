using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>One <c>appsettings*.json</c>, read once a text.</summary>
internal sealed class SettingsFile
{
    /// <summary>Shared by all rules: the driver keeps what it gives for as long as the text lives.</summary>
    public static readonly AdditionalTextValueProvider<SettingsFile?> Provider = new(Read);

    private static readonly char[] s_separators = ['/', '\\'];

    private static readonly Regex s_disable = new(
        @"^\s*dtk-disable(?<next>-next-line)?\s+(?<ids>DTK\d{4}(\s*,\s*DTK\d{4})*)\s*:\s*\S", RegexOptions.CultureInvariant);

    private readonly List<(int Line, string Ids)> _disabled = [];

    private SettingsFile(string path, SourceText text)
    {
        Path = path;
        Text = text;
        var name = FileName(path);
        Directory = path.Substring(0, path.Length - name.Length);
        Environment = name.Length > "appsettings.json".Length
            ? name.Substring("appsettings.".Length, name.Length - "appsettings..json".Length)
            : null;
        Json = JsonReader.Read(text.ToString());
        var duplicates = new List<DuplicateSetting>();
        Root = Setting.Read(Json.Root, duplicates);
        Duplicates = duplicates;
        ReadSuppressions();
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
        return name.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase) &&
            name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) &&
            (name.Length == "appsettings.json".Length || (name.Length > "appsettings..json".Length && name["appsettings".Length] == '.'));
    }

    public static string FileName(string path) => path.Substring(path.LastIndexOfAny(s_separators) + 1);

    public Location Locate(TextSpan span) => Location.Create(Path, span, Text.Lines.GetLinePositionSpan(span));

    /// <summary>Whether a comment with a reason switches the rule off for this place.</summary>
    public bool Suppresses(string id, TextSpan span)
    {
        if (_disabled.Count == 0)
        {
            return false;
        }

        var line = Text.Lines.GetLineFromPosition(span.Start).LineNumber;
        return _disabled.Any(d => (d.Line < 0 || d.Line == line) && d.Ids.Contains(id));
    }

    private static SettingsFile? Read(AdditionalText file) =>
        IsSettings(file.Path) && file.GetText() is { } text ? new SettingsFile(file.Path, text) : null;

    private void ReadSuppressions()
    {
        foreach (var comment in Json.Comments)
        {
            var match = s_disable.Match(comment.Text);
            if (match.Success)
            {
                var line = match.Groups["next"].Success ? Text.Lines.GetLineFromPosition(comment.Span.End).LineNumber + 1 : -1;
                _disabled.Add((line, match.Groups["ids"].Value));
            }
        }
    }
}
