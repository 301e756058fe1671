using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Looks through a whole compilation for what one place alone cannot tell. Only files whose text has the name are walked, and only once a
/// rule has a candidate.
/// </summary>
internal static class SourceSearch
{
    public static IEnumerable<Found<InvocationExpressionSyntax>> Calls(
        Compilation compilation,
        string name,
        CancellationToken cancellationToken
    ) => Nodes<InvocationExpressionSyntax>(compilation, name, call => EnvironmentApi.CalledName(call) == name, cancellationToken);

    public static IEnumerable<Found<TNode>> Nodes<TNode>(
        Compilation compilation,
        string text,
        Func<TNode, bool> filter,
        CancellationToken cancellationToken
    )
        where TNode : SyntaxNode
    {
        foreach (var tree in Trees(compilation, text, cancellationToken))
        {
            SemanticModel? model = null;
            foreach (var node in tree.GetRoot(cancellationToken).DescendantNodes().OfType<TNode>().Where(filter))
            {
                model ??= Model(compilation, tree);
                yield return new Found<TNode>(node, model);
            }
        }
    }

    /// <summary>
    /// The files that have the text, by path: what is found first must not depend on the order in which a build names its files.
    /// </summary>
    public static IEnumerable<SyntaxTree> Trees(Compilation compilation, string text, CancellationToken cancellationToken) =>
        compilation.SyntaxTrees.Where(tree => Has(tree, text, cancellationToken)).OrderBy(tree => tree.FilePath, StringComparer.Ordinal);

    public static bool Has(SyntaxTree tree, string text, CancellationToken cancellationToken) =>
        tree.GetText(cancellationToken).ToString().IndexOf(text, StringComparison.Ordinal) >= 0;

    /// <summary>
    /// The node's own model; <see langword="null"/> for one of another compilation, as a referenced project's are in an editor: a build has
    /// its image alone, and both must say the same.
    /// </summary>
    public static SemanticModel? ModelOf(SyntaxNode node, SemanticModel model) =>
        node.SyntaxTree == model.SyntaxTree ? model
        : model.Compilation.ContainsSyntaxTree(node.SyntaxTree) ? Model(model.Compilation, node.SyntaxTree)
        : null;

    public static SemanticModel Model(Compilation compilation, SyntaxTree tree)
    {
#pragma warning disable RS1030 // Few files, and only for a candidate; another file's model isn't at hand elsewhere.
        return compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
    }
}

internal readonly record struct Found<TNode>(TNode Node, SemanticModel Model)
    where TNode : SyntaxNode;
