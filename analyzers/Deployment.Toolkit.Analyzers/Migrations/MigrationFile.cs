using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// A script among the additional files, by the engine's naming: <c>0003_add_quality.sql</c> and <c>0003_add_quality.down.sql</c>.
/// </summary>
/// <param name="Text">The file.</param>
/// <param name="Version">Digits; empty when the name has no version.</param>
/// <param name="Name">What comes after the version.</param>
/// <param name="IsDown">Whether it is the way back.</param>
internal sealed record MigrationFile(AdditionalText Text, string Version, string Name, bool IsDown)
{
    private const string Extension = ".sql";
    private const string Down = ".down";
    private const string Repeatable = "R__";

    public string FileName => Path.GetFileName(Text.Path);

    /// <summary>Versions compare as numbers of any length.</summary>
    public string Number => Version.TrimStart('0');

    /// <summary>Whether it is one that runs again whenever its content is another, and has no version: <c>R__views.sql</c>.</summary>
    public bool IsRepeatable =>
        Version.Length == 0 && Name.Length > Repeatable.Length && Name.StartsWith(Repeatable, StringComparison.OrdinalIgnoreCase);

    public static bool IsScript(AdditionalText file) => file.Path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    public static bool IsVersion(string text) => text.Length is > 0 and <= 40 && text.All(c => c is >= '0' and <= '9');

    public static MigrationFile Read(AdditionalText file)
    {
        var stem = Path.GetFileNameWithoutExtension(file.Path);
        var isDown = stem.EndsWith(Down, StringComparison.OrdinalIgnoreCase);
        stem = isDown ? stem.Substring(0, stem.Length - Down.Length) : stem;
        var line = stem.IndexOf('_');
        return line > 0 && line < stem.Length - 1 && IsVersion(stem.Substring(0, line))
            ? new MigrationFile(file, stem.Substring(0, line), stem.Substring(line + 1), isDown)
            : new MigrationFile(file, "", stem, isDown);
    }

    /// <summary>The first line that says something, or else the start: a diagnostic about the file as a whole stands there.</summary>
    public Location FirstLine(SourceText text)
    {
        var line = text.Lines.FirstOrDefault(l =>
            text.ToString(l.Span).Trim() is { Length: > 0 } said && !said.StartsWith("--", StringComparison.Ordinal)
        );
        var span = line.Span;
        return Location.Create(Text.Path, span, text.Lines.GetLinePositionSpan(span));
    }

    /// <summary>Whether it has a statement: anything beside blanks and line comments.</summary>
    public static bool HasStatement(SourceText text) =>
        text.Lines.Any(l => text.ToString(l.Span).Trim() is { Length: > 0 } said && !said.StartsWith("--", StringComparison.Ordinal));

    /// <summary>Its comments of a line, each with what stands behind the dashes.</summary>
    public static IEnumerable<(TextSpan Span, string Text)> Comments(SourceText text) =>
        from line in text.Lines
        let said = text.ToString(line.Span).Trim()
        where said.StartsWith("--", StringComparison.Ordinal)
        select (line.Span, said.Substring(2));

    /// <summary>Whether a line <c>-- irreversible: why</c> says that there is none on purpose.</summary>
    public static bool IsIrreversible(SourceText text) =>
        Comments(text)
            .Any(comment =>
            {
                const string Mark = "irreversible:";
                var said = comment.Text.TrimStart();
                return said.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) && said.Substring(Mark.Length).Trim().Length > 0;
            });
}
