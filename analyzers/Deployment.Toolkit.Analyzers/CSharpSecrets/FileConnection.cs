using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Tells a connection string of SQLite, which names a file and holds no password: by its name, by what it comes from, or by what it is
/// given to in the same type or program. One that a server gets too is none.
/// </summary>
internal static class FileConnection
{
    private static readonly string[] s_servers =
    [
        "Npgsql",
        "Postgre",
        "SqlServer",
        "MySql",
        "MariaDb",
        "Oracle",
        "Cosmos",
        "Mongo",
        "Redis",
        "SqlConnection",
    ];

    public static bool Is(ExpressionSyntax value, string name, SyntaxNodeAnalysisContext context)
    {
        if (
            value.FirstAncestorOrSelf<SyntaxNode>(n => n is TypeDeclarationSyntax or CompilationUnitSyntax) is not { } scope
            || !IsSqlite(scope.ToString())
        )
        {
            return false;
        }

        if (IsSqlite(name) || IsSqlite((scope as TypeDeclarationSyntax)?.Identifier.ValueText) || ComesFromFile(value, context))
        {
            return true;
        }

        var (known, isMade) = Spread(scope, value, context);
        var users = Users(scope, known, context).ToList();
        return (isMade || users.Exists(IsSqlite)) && !users.Exists(IsServer);
    }

    // The other names under which the same value goes, and whether one of them is made of something of SQLite's.
    private static (HashSet<string> Known, bool IsMade) Spread(SyntaxNode scope, ExpressionSyntax value, SyntaxNodeAnalysisContext context)
    {
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (Identity(value, context) is { } first)
        {
            known.Add(first);
        }

        var given = scope.DescendantNodes().Select(Given).Where(pair => pair.Source is not null).ToList();
        var isMade = false;
        for (var count = 0; count != known.Count; )
        {
            count = known.Count;
            foreach (var (target, source) in given)
            {
                var to = target.IsKind(SyntaxKind.VariableDeclarator)
                    ? ((VariableDeclaratorSyntax)target).Identifier.ValueText
                    : Identity((ExpressionSyntax)target, context);
                var from = Identity(source!, context);
                if (to is not null && known.Contains(to))
                {
                    isMade |= ComesFromFile(source!, context);
                    known.UnionWith(from is null ? [] : [from]);
                }
                else if (to is not null && from is not null && known.Contains(from))
                {
                    known.Add(to);
                }
            }
        }

        return (known, isMade);
    }

    private static (SyntaxNode Target, ExpressionSyntax? Source) Given(SyntaxNode node) =>
        node switch
        {
            VariableDeclaratorSyntax { Initializer.Value: var value } declared => (declared, value),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assigned => (assigned.Left, assigned.Right),
            _ => (node, null),
        };

    private static IEnumerable<string> Users(SyntaxNode scope, HashSet<string> known, SyntaxNodeAnalysisContext context) =>
        from node in scope.DescendantNodes()
        let arguments = (node as InvocationExpressionSyntax)?.ArgumentList ?? (node as BaseObjectCreationExpressionSyntax)?.ArgumentList
        where arguments is not null && arguments.Arguments.Any(a => IsKnown(a.Expression, known, context))
        let user = node is InvocationExpressionSyntax call
            ? EnvironmentApi.CalledName(call)
            : context.SemanticModel.GetTypeInfo(node, context.CancellationToken).Type?.Name
        where user is not null
        select user;

    // UseSqlite(SqliteFactory.Instance, "Main") and EF Core's "Name=ConnectionStrings:Main" name what is in the configuration.
    private static bool IsKnown(ExpressionSyntax argument, HashSet<string> known, SyntaxNodeAnalysisContext context) =>
        argument is LiteralExpressionSyntax { Token.Value: string text }
            ? known.Any(name => name.EndsWith(":" + text.Split('=', ':').Last(), StringComparison.OrdinalIgnoreCase))
            : Identity(argument, context) is { } identity && known.Contains(identity);

    private static string? Identity(ExpressionSyntax expression, SyntaxNodeAnalysisContext context)
    {
        expression = Bare(expression);
        if (ConfiguredSecret.Key(expression, context) is { } key)
        {
            return key;
        }

        if (expression is not (IdentifierNameSyntax or MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax))
        {
            return null;
        }

        var named = (expression as ConditionalAccessExpressionSyntax)?.WhenNotNull ?? expression;
        return
            context.SemanticModel.GetSymbolInfo(named, context.CancellationToken).Symbol is { ContainingType.Name: var type } member
            && member is IPropertySymbol or IFieldSymbol
            ? $"{type}.{member.Name}"
            : expression.ToString();
    }

    private static ExpressionSyntax Bare(ExpressionSyntax expression) =>
        expression switch
        {
            ParenthesizedExpressionSyntax inner => Bare(inner.Expression),
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => Bare(sure.Operand),
            CastExpressionSyntax cast => Bare(cast.Expression),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } pair => Bare(pair.Left),
            _ => expression,
        };

    // A connection's own property, or what a builder makes.
    private static bool ComesFromFile(ExpressionSyntax value, SyntaxNodeAnalysisContext context) =>
        (
            Bare(value) is InvocationExpressionSyntax call
                ? CalledName.Receiver(call)
                : (Bare(value) as MemberAccessExpressionSyntax)?.Expression
        )
            is { } origin
        && IsSqlite(context.SemanticModel.GetTypeInfo(origin, context.CancellationToken).Type?.Name);

    private static bool IsSqlite(string? text) => text?.IndexOf("sqlite", StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsServer(string user) => s_servers.Any(server => user.IndexOf(server, StringComparison.OrdinalIgnoreCase) >= 0);
}
