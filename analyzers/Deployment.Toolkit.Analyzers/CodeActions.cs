using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// What rules look at in code, taken together: the compiler's own work for an analyzer that looks at nodes is far more than that of most
/// rules, and is done once for all of them.
/// </summary>
internal sealed class CodeActions
{
    // By SyntaxKind as the number that it is: a compiler that has just started has such a dictionary ready, and none of kinds.
    private readonly Dictionary<int, List<Action<SyntaxNodeAnalysisContext>>> _nodes = [];
    private readonly Dictionary<string, List<Action<SyntaxNodeAnalysisContext>>> _calls = new(StringComparer.Ordinal);

#pragma warning disable RS1012 // Register does.
    private CodeActions(CompilationStartAnalysisContext context) => Context = context;
#pragma warning restore RS1012

    public CompilationStartAnalysisContext Context { get; }

    public Compilation Compilation => Context.Compilation;

    /// <summary>Asks rules what they look at, and has that looked at.</summary>
    public static void Run(CompilationStartAnalysisContext start, Action<CodeActions> rules)
    {
        var actions = new CodeActions(start);
        rules(actions);
        actions.Register();
    }

    /// <summary>Each node of these kinds.</summary>
    public void OnNode(Action<SyntaxNodeAnalysisContext> action, params SyntaxKind[] kinds)
    {
        foreach (var kind in kinds)
        {
            Add(_nodes, (int)kind, action);
        }
    }

    /// <summary>Each call of a method of such a name, whichever it is.</summary>
    public void OnCall(Action<SyntaxNodeAnalysisContext> action, params string[] names)
    {
        foreach (var name in names)
        {
            Add(_calls, name, action);
        }
    }

    private void Register()
    {
        if (_calls.Count > 0)
        {
            OnNode(Call, SyntaxKind.InvocationExpression);
        }

        if (_nodes.Count > 0)
        {
            var kinds = new SyntaxKind[_nodes.Count];
            var count = 0;
            foreach (var kind in _nodes.Keys)
            {
                kinds[count++] = (SyntaxKind)kind;
            }

            Context.RegisterSyntaxNodeAction(context => Run(_nodes[context.Node.RawKind], context), kinds);
        }
    }

    private void Call(SyntaxNodeAnalysisContext context)
    {
        if (EnvironmentApi.CalledName((InvocationExpressionSyntax)context.Node) is { } name && _calls.TryGetValue(name, out var actions))
        {
            Run(actions, context);
        }
    }

    private static void Run(List<Action<SyntaxNodeAnalysisContext>> actions, SyntaxNodeAnalysisContext context)
    {
        foreach (var action in actions)
        {
            action(context);
        }
    }

    private static void Add<TKey>(
        Dictionary<TKey, List<Action<SyntaxNodeAnalysisContext>>> all,
        TKey key,
        Action<SyntaxNodeAnalysisContext> action
    )
        where TKey : notnull
    {
        if (!all.TryGetValue(key, out var actions))
        {
            all.Add(key, actions = []);
        }

        actions.Add(action);
    }
}
