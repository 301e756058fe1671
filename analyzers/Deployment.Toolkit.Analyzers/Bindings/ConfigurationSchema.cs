using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <param name="Path">Of the section; "" is the root.</param>
/// <param name="Type">What it is bound to.</param>
/// <param name="IsOwn">Whether this compilation binds it, not a library.</param>
/// <param name="IsStrict">Whether the toolkit's own binder binds it, and not .NET's.</param>
internal sealed record BoundSection(string Path, ITypeSymbol Type, bool IsOwn, bool IsStrict);

/// <param name="Path">Of the key.</param>
/// <param name="Type">What it is converted to; <see langword="null"/> when it is read as text.</param>
internal sealed record ReadKey(string Path, ITypeSymbol? Type);

/// <summary>All that a compilation and its libraries do with configuration.</summary>
internal sealed class ConfigurationSchema
{
    private static readonly ConditionalWeakTable<SyntaxTree, Made> s_schemas = new();

    private readonly ConcurrentDictionary<ITypeSymbol, Shape> _shapes = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, Shape> _strictShapes = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<string, string> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly ILookup<string, BoundSection> _sectionsByPath;
    private readonly ILookup<string, ReadKey> _keysByPath;
    private readonly HashSet<string> _prefixes = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _open = new(StringComparer.OrdinalIgnoreCase);

    private readonly ImmutableArray<CollectedUse> _ofLibraries;
    private readonly HashSet<string> _libraryMethods;
    private readonly Lazy<HashSet<string>> _ownKeys;
    private readonly ConcurrentDictionary<ConfigurationUse, ImmutableArray<string>> _boundByCall = new();

    private ConfigurationSchema(Compilation compilation, IReadOnlyCollection<CollectedUse> collected)
    {
        _ofLibraries = [.. collected.Where(u => !u.IsOwn)];
        _libraryMethods = new HashSet<string>(
            _ofLibraries.Select(u => Placeholder.Method(u.Use.Path)).Where(m => m is not null).Select(m => m!),
            StringComparer.Ordinal
        );
        _ownKeys = new Lazy<HashSet<string>>(() =>
            new HashSet<string>(
                UseComposer.Compose(collected.Where(u => u.IsOwn)).Where(u => u.Use.Kind == UseKind.Key).Select(u => u.Use.Path),
                StringComparer.OrdinalIgnoreCase
            )
        );
        var sections = new List<BoundSection>();
        var keys = new List<ReadKey>();
        foreach (var (use, isOwn) in UseComposer.Compose(collected))
        {
            var type = use.Type is null ? null : DocumentationCommentId.GetFirstSymbolForReferenceId(use.Type, compilation) as ITypeSymbol;
            switch (use.Kind)
            {
                case UseKind.Bind when type is not null:
                    sections.Add(new BoundSection(use.Path, type, isOwn, StrictRules.Read(use, _lists)));
                    AddPrefixes(use.Path);
                    break;
                case UseKind.Key:
                    keys.Add(new ReadKey(use.Path, type));
                    AddPrefixes(use.Path);
                    break;
                case UseKind.Bind or UseKind.Open:
                    // All of the root handed on says nothing of any section.
                    if (use.Path.Length > 0)
                    {
                        _open.Add(use.Path);
                        AddPrefixes(use.Path);
                    }

                    break;
                case UseKind.Touch:
                    AddPrefixes(use.Path);
                    break;
                case UseKind.Unknown:
                    HasUnknownReads = true;
                    break;
            }
        }

        Sections = [.. sections.Distinct()];
        Keys = [.. keys.Distinct()];
        _sectionsByPath = Sections.ToLookup(s => s.Path, StringComparer.OrdinalIgnoreCase);
        _keysByPath = Keys.ToLookup(k => k.Path, StringComparer.OrdinalIgnoreCase);
    }

    public ImmutableArray<BoundSection> Sections { get; }

    public ImmutableArray<ReadKey> Keys { get; }

    /// <summary>Whether a key is read whose name nobody knows before run time.</summary>
    public bool HasUnknownReads { get; }

    /// <summary>
    /// Kept while code and references stay the same: an edit of a settings file asks no code again. The driver gives each run a copy of the
    /// compilation, so that it is known by what it is made of.
    /// </summary>
    public static ConfigurationSchema Of(Compilation compilation, ConfigurationApi api)
    {
        if (compilation.SyntaxTrees.FirstOrDefault() is not { } key)
        {
            return new ConfigurationSchema(compilation, [.. Collect(compilation, api)]);
        }

        if (s_schemas.TryGetValue(key, out var known) && known.IsOf(compilation))
        {
            return known.Schema;
        }

        var made = new Made(
            [.. compilation.SyntaxTrees],
            [.. compilation.References],
            new ConfigurationSchema(compilation, [.. Collect(compilation, api)])
        );
        s_schemas.Remove(key);
        _ = s_schemas.GetValue(key, _ => made);
        return made.Schema;
    }

    public Shape ShapeOf(ITypeSymbol type) => _shapes.GetOrAdd(type, Shape.Of);

    public Shape ShapeOf(BoundSection section) => section.IsStrict ? StrictShapeOf(section.Type) : ShapeOf(section.Type);

    /// <summary>The shape of a member, which is bound as the object is.</summary>
    /// <param name="owner">The object.</param>
    /// <param name="member">Its member.</param>
    /// <param name="path">The member's key.</param>
    public Shape ShapeOf(Shape owner, Member member, string path)
    {
        if (!owner.IsStrict)
        {
            return ShapeOf(member.Type);
        }

        var shape = StrictShapeOf(member.Type);
        return shape.Kind == ShapeKind.List && (member.SingleOrMany ?? ListAt(path)) is { } separator
            ? shape.WithSeparator(separator)
            : shape;
    }

    public Shape ElementOf(Shape collection) => collection.IsStrict ? StrictShapeOf(collection.Element!) : ShapeOf(collection.Element!);

    private Shape StrictShapeOf(ITypeSymbol type) => _strictShapes.GetOrAdd(type, static t => Shape.Of(t).AsStrict());

    private string? ListAt(string path)
    {
        if (_lists.Count == 0)
        {
            return null;
        }

        if (_lists.TryGetValue(path, out var separator))
        {
            return separator;
        }

        for (var end = path.LastIndexOf(':'); end > 0; end = path.LastIndexOf(':', end - 1))
        {
            if (_lists.TryGetValue(path.Substring(0, end) + ":*", out separator))
            {
                return separator;
            }
        }

        return null;
    }

    /// <summary>Whether some code asks for the key, or for one below it.</summary>
    public bool IsAskedFor(string path) => _prefixes.Contains(path);

    /// <summary>Whether a key is read in libraries alone, where this compilation has no code to speak of.</summary>
    public bool IsReadInLibraries(string path) => !_ownKeys.Value.Contains(path);

    /// <summary>Whether unknown code reads the section, or one that it stands in.</summary>
    public bool IsOpen(string path)
    {
        if (_open.Count == 0)
        {
            return false;
        }

        for (var end = path.Length; end > 0; end = path.LastIndexOf(':', end - 1))
        {
            if (_open.Contains(path.Substring(0, end)))
            {
                return true;
            }
        }

        return false;
    }

    public IEnumerable<BoundSection> BoundAt(string path) => _sectionsByPath[path];

    public IEnumerable<ReadKey> ReadAt(string path) => _keysByPath[path];

    /// <summary>
    /// Whether a library's method that is called binds the section of what it is given: <c>services.AddCatalog(configuration)</c>.
    /// </summary>
    public bool BindsInLibrary(ConfigurationUse call, string section) =>
        call.Kind == UseKind.Call
        && _libraryMethods.Contains(call.Path)
        && _boundByCall
            .GetOrAdd(
                call,
                c =>
                    [
                        // What comes of the call, unlike what comes of the libraries alone, counts as this compilation's own.
                        .. UseComposer
                            .Compose(_ofLibraries.Add(new CollectedUse(c, IsOwn: true)))
                            .Where(u => u.IsOwn && u.Use.Kind == UseKind.Bind)
                            .Select(u => u.Use.Path),
                    ]
            )
            .Contains(section, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<CollectedUse> Collect(Compilation compilation, ConfigurationApi api)
    {
        var own = Manifest.Read(compilation.Assembly) ?? Scan(compilation, api);
        var others =
            from assembly in compilation.SourceModule.ReferencedAssemblySymbols
            where !Manifest.IsFramework(assembly)
            from use in Manifest.Read(assembly) ?? []
            select new CollectedUse(use, IsOwn: false);
        return own.Select(u => new CollectedUse(u, IsOwn: true)).Concat(others);
    }

    private static List<ConfigurationUse> Scan(Compilation compilation, ConfigurationApi api)
    {
        var uses = new List<ConfigurationUse>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var candidates = TreeFacts.Of(tree).UseCandidates(CancellationToken.None);
            if (candidates.IsEmpty)
            {
                continue;
            }

#pragma warning disable RS1030 // The few files that use configuration, once a compilation; their own model isn't at hand elsewhere.
            var model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
            uses.AddRange(candidates.SelectMany(node => UseReader.Read(node, model, api, CancellationToken.None)));
        }

        return uses;
    }

    private void AddPrefixes(string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf(':', end - 1))
        {
            if (!_prefixes.Add(path.Substring(0, end)))
            {
                break;
            }
        }
    }

    private sealed record Made(ImmutableArray<SyntaxTree> Trees, ImmutableArray<MetadataReference> References, ConfigurationSchema Schema)
    {
        public bool IsOf(Compilation compilation) =>
            Trees.SequenceEqual(compilation.SyntaxTrees) && References.SequenceEqual(compilation.References);
    }
}
