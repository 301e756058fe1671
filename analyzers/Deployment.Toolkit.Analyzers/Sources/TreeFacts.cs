using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// What was found in one file of code, each on first ask, for as long as its tree lives: after an edit only that file is searched again.
/// </summary>
internal sealed class TreeFacts
{
    // One table for all: garbage collections look at every entry of such a table, and a project has thousands of files.
    private static readonly ConditionalWeakTable<SyntaxTree, TreeFacts> s_facts = new();

    private readonly SyntaxTree _tree;
    private ImmutableArray<SyntaxNode> _useCandidates;
    private ImmutableArray<InvocationExpressionSyntax> _declaringCalls;
    private StrongBox<bool>? _namesEnvironment;

    private TreeFacts(SyntaxTree tree) => _tree = tree;

    public static TreeFacts Of(SyntaxTree tree) => s_facts.GetValue(tree, static t => new TreeFacts(t));

    /// <summary>The nodes that may use configuration.</summary>
    public ImmutableArray<SyntaxNode> UseCandidates(CancellationToken cancellationToken)
    {
        if (_useCandidates.IsDefault)
        {
            _useCandidates = Analyzers.UseCandidates.In(_tree, cancellationToken);
        }

        return _useCandidates;
    }

    /// <summary>The calls that declare environments.</summary>
    public ImmutableArray<InvocationExpressionSyntax> DeclaringCalls(CancellationToken cancellationToken)
    {
        if (_declaringCalls.IsDefault)
        {
            _declaringCalls = DeclaredEnvironments.CallsIn(_tree, cancellationToken);
        }

        return _declaringCalls;
    }

    /// <summary>Whether it asks for the name of the host's environment: all comparisons of all other files need no look.</summary>
    public bool NamesEnvironment(CancellationToken cancellationToken) =>
        (_namesEnvironment ??= new StrongBox<bool>(EnvironmentNameUse.IsIn(_tree, cancellationToken))).Value;
}
