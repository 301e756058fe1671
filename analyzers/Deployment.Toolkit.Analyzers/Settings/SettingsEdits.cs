using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Carries edits in a diagnostic's properties, from the rule, which knows what to write, to the fix, which writes it.</summary>
internal static class SettingsEdits
{
    public const string Title = "FixTitle";

    private const string Prefix = "Edit";
    private const char Separator = '\n';

    public static ImmutableDictionary<string, string?> Pack(Finding finding)
    {
        if (finding.Edits.IsEmpty || finding.FixTitle is null)
        {
            return ImmutableDictionary<string, string?>.Empty;
        }

        var properties = ImmutableDictionary.CreateBuilder<string, string?>();
        properties.Add(Title, finding.FixTitle);
        for (var i = 0; i < finding.Edits.Length; i++)
        {
            var edit = finding.Edits[i];
            properties.Add(
                Prefix + i.ToString(CultureInfo.InvariantCulture),
                string.Join(Separator.ToString(), edit.Path, Number(edit.Span.Start), Number(edit.Span.Length), edit.Text)
            );
        }

        return properties.ToImmutable();
    }

    public static IEnumerable<SettingsEdit> Unpack(ImmutableDictionary<string, string?> properties)
    {
        for (
            var i = 0;
            properties.TryGetValue(Prefix + i.ToString(CultureInfo.InvariantCulture), out var packed) && packed is not null;
            i++
        )
        {
            var parts = packed.Split([Separator], 4);
            yield return new SettingsEdit(
                parts[0],
                new TextSpan(int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture)),
                parts[3]
            );
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
