using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1012: an environment's variable that is meant for a section and matches none of its keys.</summary>
public sealed class VariableAnalyzer : VariableRule
{
    internal const string Id = "DTK1012";

    private const string Title = "A variable or a launch profile matches nothing";

    private static readonly DiagnosticDescriptor s_slip = new(
        Id,
        Title,
        "'{0}' in {2} is nothing that a tool, a service or this machine knows. Did you mean '{1}'?",
        Rules.Configuration,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "What a tool doesn't know it ignores, and what is started is started without it.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        Title,
        "Variable '{0}' matches no key: section '{1}' is bound to '{2}', which has no '{3}'.{4}",
        Rules.Configuration,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "The binder ignores a variable whose key no property has, and the value that it was to override stays.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override ImmutableArray<string>? Judge(Variable variable, SettingsModel model)
    {
        if (variable.Key is not { } key || model.Schema.IsAskedFor(key) || model.Schema.IsOpen(key) || KnownSections.IsFramework(key))
        {
            return null;
        }

        var owners = model
            .Schema.Sections.Where(s => s.Path.Length > 0 && key.StartsWith(s.Path + ":", StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (owners.Count == 0)
        {
            return Section(variable, key, model);
        }

        (string Section, Shape Shape, string Name)? lacking = null;
        foreach (var owner in owners)
        {
            if (Lacking(owner, key, model.Schema) is not { } place)
            {
                return null;
            }

            lacking = place;
        }

        var (section, shape, name) = lacking!.Value;
        var suggestion = Spelling.Closest(name, [.. shape.Members.Select(m => m.Name)]);
        return [variable.Name, section, shape.Type.Name, name, suggestion is null ? "" : $" Did you mean '{suggestion}'?"];
    }

    internal override DiagnosticDescriptor? SlipRule => s_slip;

    internal override TextSpan Place(Variable variable) => variable.NameSpan;

    // "Contnet__MaxItems": nearly a section that is bound.
    private static ImmutableArray<string>? Section(Variable variable, string key, SettingsModel model)
    {
        var first = key.Split(':')[0];
        var tops = model
            .Schema.Sections.Where(s => s.Path.Length > 0)
            .Select(s => s.Path.Split(':')[0])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (model.Sets.Any(s => s.Files.Any(f => f.Root.Child(first) is not null)) || Spelling.NearMiss(first, tops) is not { } near)
        {
            return null;
        }

        var bound = model.Schema.Sections.First(s => s.Path.StartsWith(near, StringComparison.OrdinalIgnoreCase));
        return [variable.Name, near, bound.Type.Name, first, $" Did you mean '{near}'?"];
    }

    private static (string Section, Shape Shape, string Name)? Lacking(BoundSection owner, string key, ConfigurationSchema schema)
    {
        var shape = schema.ShapeOf(owner.Type);
        var section = owner.Path;
        foreach (var name in key.Substring(owner.Path.Length + 1).Split(':'))
        {
            switch (shape.Kind)
            {
                case ShapeKind.Object when shape.Find(name) is { } member:
                    shape = schema.ShapeOf(member.Type);
                    break;
                case ShapeKind.Object:
                    return (section, shape, name);
                case ShapeKind.List or ShapeKind.Dictionary:
                    shape = schema.ShapeOf(shape.Element!);
                    break;
                default:
                    return null;
            }

            section += ":" + name;
        }

        return null;
    }
}
