using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <param name="Setting">A key of a file.</param>
/// <param name="Shapes">What it is bound to, by each binding of a section that it stands in.</param>
/// <param name="Section">The innermost section that is bound, as the code spells it.</param>
internal readonly record struct BoundSetting(Setting Setting, ImmutableArray<Shape> Shapes, string Section);

/// <param name="Setting">A key that no type has a member for.</param>
/// <param name="Owners">The types that its section is bound to.</param>
/// <param name="Section">The section that is bound.</param>
internal sealed record UnknownSetting(Setting Setting, ImmutableArray<Shape> Owners, string Section);

/// <summary>Lays the schema over one file.</summary>
internal sealed class SchemaWalk
{
    private readonly ConfigurationSchema _schema;
    private readonly List<BoundSetting> _bound = [];
    private readonly List<UnknownSetting> _unknown = [];
    private readonly List<Shape> _below = [];

    private SchemaWalk(ConfigurationSchema schema) => _schema = schema;

    public IReadOnlyList<BoundSetting> Bound => _bound;

    public IReadOnlyList<UnknownSetting> Unknown => _unknown;

    public static SchemaWalk Of(Setting root, ConfigurationSchema schema)
    {
        var walk = new SchemaWalk(schema);
        ImmutableArray<Shape> shapes = [.. schema.BoundAt("").Select(schema.ShapeOf)];
        walk.Visit(root, shapes, "", isRoot: true);
        return walk;
    }

    private void Visit(Setting parent, ImmutableArray<Shape> shapes, string section, bool isRoot)
    {
        var isOpen = isRoot || shapes.IsEmpty || Has(shapes, ShapeKind.Open) || _schema.IsOpen(parent.Path);
        foreach (var child in parent.Children)
        {
            if (IsNote(child.Name) || (isRoot && KnownSections.IsFramework(child.Name, child.Children.Count > 0)))
            {
                continue;
            }

            var (below, its) = Below(child, shapes, section);
            if (!below.IsEmpty)
            {
                _bound.Add(new BoundSetting(child, below, its));
                Visit(child, below, its, isRoot: false);
            }
            else if (_schema.IsAskedFor(child.Path) || isOpen)
            {
                Visit(child, below, its, isRoot: false);
            }
            else if (!Has(shapes, ShapeKind.Scalar) && !Has(shapes, ShapeKind.List) && !Has(shapes, ShapeKind.Dictionary))
            {
                _unknown.Add(new UnknownSetting(child, shapes, section));
            }
        }
    }

    // Asked of every key of every file: no more is made than what is kept.
    private (ImmutableArray<Shape> Shapes, string Section) Below(Setting child, ImmutableArray<Shape> shapes, string section)
    {
        _below.Clear();
        foreach (var shape in shapes)
        {
            if (Below(shape, child) is { } found)
            {
                _below.Add(found);
            }
        }

        if (_schema.IsAskedFor(child.Path))
        {
            var isFirst = true;
            foreach (var own in _schema.BoundAt(child.Path))
            {
                section = isFirst ? own.Path : section;
                isFirst = false;
                _below.Add(_schema.ShapeOf(own));
            }

            foreach (var read in _schema.ReadAt(child.Path))
            {
                if (read.Type is not null)
                {
                    _below.Add(_schema.ShapeOf(read.Type));
                }
            }
        }

        return (_below.Count == 1 ? _below[0].Alone : [.. _below], section);
    }

    private Shape? Below(Shape shape, Setting child) =>
        shape.Kind switch
        {
            ShapeKind.Object => shape.Find(child.Name) is { } member ? _schema.ShapeOf(shape, member, child.Path) : null,
            ShapeKind.List or ShapeKind.Dictionary => _schema.ElementOf(shape),
            ShapeKind.Open => shape,
            _ => null,
        };

    private static bool Has(ImmutableArray<Shape> shapes, ShapeKind kind)
    {
        foreach (var shape in shapes)
        {
            if (shape.Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    // Where JSON should have no comments, people write "$schema", "_comment" and "//".
    private static bool IsNote(string name) =>
        name.Length == 0 || name[0] is '$' or '_' or '/' or '#' or '-' || name.StartsWith("comment", StringComparison.OrdinalIgnoreCase);
}
