using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>A file that sets environment variables: <c>launchSettings.json</c>, <c>.env</c>, <c>web.config</c>, compose files.</summary>
internal sealed class VariableFile
{
    public static readonly AdditionalTextValueProvider<VariableFile?> Provider = new(Read);

    private static readonly string[] s_templates = ["example", "sample", "template", "dist", "tpl"];

    private static readonly string[] s_developers = ["Debug", "Development", "Local", "Test", "Testing"];

    private readonly CommentSuppressions _suppressions;

    private VariableFile(string path, SourceText text, IEnumerable<Variable> variables, IEnumerable<(TextSpan Span, string Text)> comments)
    {
        (Path, Text, Variables) = (path, text, [.. variables]);
        _suppressions = new CommentSuppressions(text, comments);
    }

    public string Path { get; }

    public SourceText Text { get; }

    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>Of a file of profiles or services.</summary>
    public IReadOnlyList<Slip> Slips { get; private init; } = [];

    /// <summary>Whether it describes containers, of which the app is one.</summary>
    public bool IsCompose => ComposeReader.Is(SettingsFile.FileName(Path));

    public Location Locate(TextSpan span) => Location.Create(Path, span, Text.Lines.GetLinePositionSpan(span));

    /// <summary>Whether a comment with a reason switches the rule off for this place.</summary>
    public bool Suppresses(string id, TextSpan span) => _suppressions.Has(id, span);

    /// <summary>Templates of <c>.env</c> files are meant to be committed.</summary>
    public static bool Is(string path)
    {
        var name = SettingsFile.FileName(path);
        return name.Equals("launchSettings.json", StringComparison.OrdinalIgnoreCase)
            || IsWebConfig(name)
            || IsDotEnv(name)
            || ComposeReader.Is(name);
    }

    // "Web.Release.config" changes "web.config" when it is published; that of a developer stays on the developer's machine.
    private static bool IsWebConfig(string name) =>
        name.StartsWith("web.", StringComparison.OrdinalIgnoreCase)
        && name.EndsWith(".config", StringComparison.OrdinalIgnoreCase)
        && (name.Length == "web.config".Length || !s_developers.Contains(name.Split('.')[1], StringComparer.OrdinalIgnoreCase));

    private static bool IsDotEnv(string name) =>
        name.Equals(".env", StringComparison.OrdinalIgnoreCase)
        || (
            name.StartsWith(".env.", StringComparison.OrdinalIgnoreCase)
            && !s_templates.Any(t => name.EndsWith(t, StringComparison.OrdinalIgnoreCase))
        );

    private static VariableFile? Read(AdditionalText file)
    {
        if (!Is(file.Path) || file.GetText() is not { } text)
        {
            return null;
        }

        var name = SettingsFile.FileName(file.Path);
        if (ComposeReader.Is(name))
        {
            var compose = ComposeReader.Read(file.Path, text);
            return new VariableFile(file.Path, text, compose.Variables, Comments(text.ToString(), "(?:^|[ \\t])#(?<text>.*)"))
            {
                Slips = [.. ComposeSlips.In(compose)],
            };
        }

        if (IsDotEnv(name))
        {
            return new VariableFile(file.Path, text, ReadDotEnv(text), Comments(text.ToString(), "^[ \\t]*#(?<text>.*)"));
        }

        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            var json = JsonReader.Read(text.ToString());
            return new VariableFile(file.Path, text, ReadLaunchSettings(json), json.Comments.Select(c => (c.Span, c.Text)))
            {
                Slips = [.. ProfileSlips.In(json)],
            };
        }

        return new VariableFile(file.Path, text, ReadWebConfig(text.ToString()), XmlComments(text.ToString()));
    }

    private static IEnumerable<(TextSpan Span, string Text)> Comments(string text, string pattern) =>
        from System.Text.RegularExpressions.Match comment in System.Text.RegularExpressions.Regex.Matches(
            text,
            pattern,
            System.Text.RegularExpressions.RegexOptions.Multiline
        )
        select (new TextSpan(comment.Index, comment.Length), comment.Groups["text"].Value);

    // Not by an expression: from each of many beginnings it would look for an end that there isn't.
    private static IEnumerable<(TextSpan Span, string Text)> XmlComments(string text)
    {
        for (var start = text.IndexOf("<!--", StringComparison.Ordinal); start >= 0; )
        {
            var end = text.IndexOf("-->", start + 4, StringComparison.Ordinal);
            if (end < 0)
            {
                yield break;
            }

            yield return (TextSpan.FromBounds(start, end + 3), text.Substring(start + 4, end - start - 4));
            start = text.IndexOf("<!--", end, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<Variable> ReadLaunchSettings(JsonTree json) =>
        from profiles in json.Root?.Properties ?? []
        where profiles.Name.Equals("profiles", StringComparison.OrdinalIgnoreCase)
        from profile in profiles.Value.Properties
        from variables in profile.Value.Properties
        where variables.Name.Equals("environmentVariables", StringComparison.OrdinalIgnoreCase)
        from variable in variables.Value.Properties
        where variable.Value.IsScalar
        select new Variable(variable.Name, variable.NameSpan, variable.Value.Text, variable.Value.Span);

    private static IEnumerable<Variable> ReadDotEnv(SourceText text)
    {
        foreach (var line in text.Lines)
        {
            var content = line.ToString();
            var start = content.Length - content.TrimStart().Length;
            if (string.CompareOrdinal(content, start, "export ", 0, 7) == 0)
            {
                start += 7;
            }

            var equals = content.IndexOf('=', start);
            if (equals <= start || content[start] == '#')
            {
                continue;
            }

            var name = content.Substring(start, equals - start).TrimEnd();
            if (name.Any(c => !char.IsLetterOrDigit(c) && c is not ('_' or ':' or '.' or '-')))
            {
                continue;
            }

            var from = equals + 1;
            while (from < content.Length && content[from] is ' ' or '\t')
            {
                from++;
            }

            var value = content.Substring(from);
            var comment =
                value.Length > 0 && value[0] is '"' or '\''
                    ? value.IndexOf(value[0], 1) + 1
                    : value.IndexOf(" #", StringComparison.Ordinal);
            value = (comment > 0 ? value.Substring(0, comment) : value).TrimEnd();
            yield return new Variable(
                name,
                new TextSpan(line.Start + start, name.Length),
                value.Trim('"', '\''),
                new TextSpan(line.Start + from, value.Length)
            );
        }
    }

    private static IEnumerable<Variable> ReadWebConfig(string text) =>
        XmlSettings
            .Read(text)
            .Select(s => new Variable(
                s.Name,
                new TextSpan(s.NameIndex, s.Name.Length),
                s.Value,
                new TextSpan(s.ValueIndex, s.Value.Length)
            ));
}
