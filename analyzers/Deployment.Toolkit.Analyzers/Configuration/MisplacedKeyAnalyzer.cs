using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1011: a key that its section's type does not know, and just one other section's type does.</summary>
public sealed class MisplacedKeyAnalyzer : SettingsRule
{
    internal const string Id = "DTK1011";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A key stands in the wrong section",
        "Key '{0}' is unknown here; it belongs to section '{1}', which lacks it: move it to '{2}'",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The binder ignores a key in a section whose type has no such property, and the section that has it gets no value.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        foreach (var unknown in model.WalkOf(file).Unknown)
        {
            if (Home(unknown, set, model) is { } home)
            {
                yield return Misplaced(file, unknown.Setting, home, unknown.Section);
            }
        }

        foreach (var setting in file.Root.Children)
        {
            if (IsHomeless(setting, model) && Home(setting, set, model) is { } home)
            {
                yield return Misplaced(file, setting, home, home);
            }
        }
    }

    /// <summary>Whether a key at the top of a file belongs to a section.</summary>
    internal static bool IsMisplaced(Setting top, SettingsSet set, SettingsModel model) =>
        IsHomeless(top, model) && Home(top, set, model) is not null;

    // At the top of a file all may stand, so that only what nobody asks for, and just one section lacks, is out of place.
    private static bool IsHomeless(Setting setting, SettingsModel model) =>
        setting.IsScalar
        && !KnownSections.MayBeRead(setting.Name)
        && !model.Schema.IsAskedFor(setting.Path)
        && !model.Schema.HasUnknownReads
        && model
            .Schema.BoundAt("")
            .Select(s => model.Schema.ShapeOf(s.Type))
            .All(s => s.Kind == ShapeKind.Object && s.Find(setting.Name) is null);

    /// <summary>The section that the unknown key belongs to, when just one does, and no near property is meant instead.</summary>
    internal static string? Home(UnknownSetting unknown, SettingsSet set, SettingsModel model) =>
        unknown.Owners.SelectMany(o => o.Members).Any(m => Spelling.Closest(unknown.Setting.Name, [m.Name]) is not null)
            ? null
            : Home(unknown.Setting, set, model);

    private static string? Home(Setting setting, SettingsSet set, SettingsModel model)
    {
        // "Url" and "Name" are at home everywhere.
        if (setting.Name.Length < 6 || int.TryParse(setting.Name, out _))
        {
            return null;
        }

        var homes = model
            .Schema.Sections.Where(s =>
                s.Path.Length > 0 && !string.Equals(s.Path, setting.Parent!.Path, StringComparison.OrdinalIgnoreCase)
            )
            .Where(s => model.Schema.ShapeOf(s.Type).Find(setting.Name) is { } member && Fits(setting, model.Schema.ShapeOf(member.Type)))
            .Select(s => s.Path)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        return homes.Count == 1 && set.Files.All(f => f.Root.Find(homes[0] + ":" + setting.Name) is null) ? homes[0] : null;
    }

    private static bool Fits(Setting setting, Shape shape) =>
        shape.Kind switch
        {
            ShapeKind.Scalar => setting.IsScalar,
            ShapeKind.List => setting.IsArray,
            _ => setting.Value?.Kind == JsonKind.Object,
        };

    private static Finding Misplaced(SettingsFile file, Setting setting, string home, string section) =>
        new(Descriptor, file, setting.KeySpan, setting.Path, [setting.Path, home, home + ":" + setting.Name])
        {
            Section = section,
            FixTitle = $"Move to '{home}'",
            Edits = [.. JsonWriter.Move(file, setting, home)],
        };
}
