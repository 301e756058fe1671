using System;
using System.Collections.Generic;
using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>One key of a settings file as configuration sees it: <c>"A:B"</c> is B in A, an array's elements are 0, 1, 2.</summary>
internal sealed class Setting
{
    // Most keys are leaves.
    private static readonly List<Setting> s_none = [];

    private List<Setting> _children = s_none;
    private Dictionary<string, Setting>? _byName;

    private Setting(string name, Setting? parent)
    {
        Name = name;
        Parent = parent;
        Path = parent?.Parent is null ? name : parent.Path + ":" + name;
    }

    public string Name { get; }

    /// <summary>From the root, joined by colons, spelt as in the file.</summary>
    public string Path { get; }

    public Setting? Parent { get; }

    /// <summary>The property that names it; of an element of an array there is none.</summary>
    public JsonProperty? Property { get; private set; }

    /// <summary>Its value; <see langword="null"/> for a key that only stands in front of a colon in a flattened one.</summary>
    public JsonValue? Value { get; private set; }

    public IReadOnlyList<Setting> Children => _children;

    public bool IsArray => Value?.Kind == JsonKind.Array;

    public bool IsScalar => Value is { IsScalar: true };

    /// <summary>Whether it is an element, or written in the file by just its own name, so that the name's token can be replaced.</summary>
    public bool IsFlattened => Property is not null && Property.Name.IndexOf(':') >= 0;

    /// <summary>The name in the file, or the value of an element, or of the file.</summary>
    public TextSpan KeySpan => Property?.NameSpan ?? Value?.Span ?? Parent?.KeySpan ?? default;

    public TextSpan ValueSpan => Value is { Span.Length: > 0 } value ? value.Span : KeySpan;

    public Setting? Child(string name) => Child(name, 0, name.Length);

    private Setting? Child(string path, int start, int length)
    {
        if (_children.Count < 8)
        {
            foreach (var child in _children)
            {
                if (
                    child.Name.Length == length
                    && string.Compare(child.Name, 0, path, start, length, StringComparison.OrdinalIgnoreCase) == 0
                )
                {
                    return child;
                }
            }

            return null;
        }

        if (_byName is null)
        {
            var byName = new Dictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
            foreach (var child in _children)
            {
                byName[child.Name] = child;
            }

            _byName = byName;
        }

        return _byName.TryGetValue(length == path.Length ? path : path.Substring(start, length), out var found) ? found : null;
    }

    public Setting? Find(string path)
    {
        var current = this;
        for (var start = 0; start < path.Length; )
        {
            var colon = path.IndexOf(':', start);
            var end = colon < 0 ? path.Length : colon;
            if (end > start)
            {
                if (current.Child(path, start, end - start) is not { } child)
                {
                    return null;
                }

                current = child;
            }

            start = end + 1;
        }

        return current;
    }

    public IEnumerable<Setting> Descendants()
    {
        var open = new Stack<Setting>();
        for (var i = _children.Count - 1; i >= 0; i--)
        {
            open.Push(_children[i]);
        }

        while (open.Count > 0)
        {
            var setting = open.Pop();
            yield return setting;
            for (var i = setting._children.Count - 1; i >= 0; i--)
            {
                open.Push(setting._children[i]);
            }
        }
    }

    /// <summary>The tree of a file's root, and every key that stands there a second time.</summary>
    public static Setting Read(JsonValue? root, List<DuplicateSetting> duplicates)
    {
        var setting = new Setting("", null) { Value = root };
        setting.Add(root, duplicates);
        return setting;
    }

    private void Add(JsonValue? value, List<DuplicateSetting> duplicates)
    {
        if (value is null || value.Properties.Length + value.Elements.Length is 0)
        {
            return;
        }

        if (_children == s_none)
        {
            _children = new List<Setting>(value.Properties.Length + value.Elements.Length);
        }

        foreach (var property in value.Properties)
        {
            var target = this;
            if (property.Name.IndexOf(':') < 0)
            {
                target = target.GetOrAdd(property.Name);
            }
            else
            {
                foreach (var name in property.Name.Split(':'))
                {
                    target = target.GetOrAdd(name);
                }
            }

            target.Set(property, property.Value, duplicates);
        }

        var index = 0;
        foreach (var element in value.Elements)
        {
            GetOrAdd(index++.ToString(CultureInfo.InvariantCulture)).Set(null, element, duplicates);
        }
    }

    private void Set(JsonProperty? property, JsonValue value, List<DuplicateSetting> duplicates)
    {
        // Two objects of one name merge; only a value on a key that has one already makes the reader throw.
        var isEmpty = value.Kind is JsonKind.Object or JsonKind.Array && value.Properties.Length + value.Elements.Length == 0;
        if (Value is not null && value.Kind is not (JsonKind.Object or JsonKind.Array or JsonKind.Missing))
        {
            if (Value.Kind is not (JsonKind.Object or JsonKind.Array) || Value.Properties.Length + Value.Elements.Length == 0)
            {
                duplicates.Add(new DuplicateSetting(this, KeySpan, property?.Name ?? Name, property?.NameSpan ?? value.Span));
                return;
            }
        }

        Property ??= property;
        Value = Value is { IsScalar: true } && !isEmpty ? Value : value;
        Add(value, duplicates);
    }

    private Setting GetOrAdd(string name)
    {
        if (Child(name) is { } child)
        {
            return child;
        }

        child = new Setting(name, this);
        if (_children == s_none)
        {
            _children = [];
        }

        _children.Add(child);
        _byName?.Add(name, child);
        return child;
    }
}

/// <param name="Setting">The key.</param>
/// <param name="First">Where it stands first.</param>
/// <param name="Name">As it is spelt again.</param>
/// <param name="Again">Where it stands again.</param>
internal sealed record DuplicateSetting(Setting Setting, TextSpan First, string Name, TextSpan Again);
