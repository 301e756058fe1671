using System.Collections.Immutable;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers.Tests.Coverage;

/// <param name="Path">Below the shop, as a compiler would name it.</param>
/// <param name="Text">Without marks.</param>
/// <param name="Planted">The defects that its marks name.</param>
internal sealed record ShopFile(string Path, string Text, ImmutableArray<(string Id, TextSpan Span)> Planted)
{
    public bool IsSource => Path.EndsWith(".cs", StringComparison.Ordinal);

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public static ShopFile Read(string file, string path)
    {
        var markup = TestMarkup.Parse(File.ReadAllText(file));
        return new ShopFile(path, markup.Text, markup.Ids);
    }

    public int LineOf(TextSpan span) => SourceText.From(Text).Lines.GetLineFromPosition(span.Start).LineNumber + 1;
}
