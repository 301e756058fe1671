using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>
/// A source whose expected diagnostics are marked in it: <c>{|ID:…|}</c> by id, <c>{|#0:…|}</c> by a key that an expected diagnostic
/// refers to. Marks nest.
/// </summary>
public sealed partial record TestMarkup(
    string Text, ImmutableArray<(string Id, TextSpan Span)> Ids, ImmutableDictionary<int, TextSpan> Keys)
{
    public static TestMarkup Parse(string source)
    {
        var text = new StringBuilder();
        var open = new Stack<(string Name, int Start)>();
        var ids = ImmutableArray.CreateBuilder<(string, TextSpan)>();
        var keys = ImmutableDictionary.CreateBuilder<int, TextSpan>();
        var position = 0;
        foreach (Match mark in Mark().Matches(source))
        {
            text.Append(source, position, mark.Index - position);
            position = mark.Index + mark.Length;
            if (mark.Groups[1].Success)
            {
                open.Push((mark.Groups[1].Value, text.Length));
                continue;
            }

            if (!open.TryPop(out var opened))
            {
                throw new FormatException($"The markup closes a mark at {mark.Index} that nothing opened:\n{source}");
            }

            var span = TextSpan.FromBounds(opened.Start, text.Length);
            if (opened.Name.StartsWith('#'))
            {
                keys.Add(int.Parse(opened.Name.AsSpan(1), CultureInfo.InvariantCulture), span);
            }
            else
            {
                ids.Add((opened.Name, span));
            }
        }

        if (open.Count > 0)
        {
            throw new FormatException($"The markup opens '{open.Peek().Name}' and never closes it:\n{source}");
        }

        return new TestMarkup(text.Append(source, position, source.Length - position).ToString(), ids.ToImmutable(), keys.ToImmutable());
    }

    [GeneratedRegex(@"\{\|(\#\d+|[A-Z]+\d+):|\|\}")]
    private static partial Regex Mark();
}
