using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>A class that is a migration of EF Core, FluentMigrator or the toolkit itself.</summary>
/// <param name="Symbol">The class.</param>
/// <param name="Kind">The namespace of its base class.</param>
internal sealed record MigrationClass(INamedTypeSymbol Symbol, string Kind)
{
    public const string EntityFramework = "Microsoft.EntityFrameworkCore.Migrations";
    public const string Toolkit = "Deployment.Toolkit.Migrations";
    public const string FluentMigrator = "FluentMigrator";

    public string UpName => Kind == Toolkit ? "UpAsync" : "Up";

    public string DownName => Kind == Toolkit ? "DownAsync" : "Down";

    public static MigrationClass? Of(ClassDeclarationSyntax declaration, SemanticModel model, CancellationToken cancellationToken)
    {
        if (declaration.BaseList is null || model.GetDeclaredSymbol(declaration, cancellationToken) is not { IsAbstract: false } symbol)
        {
            return null;
        }

        for (var type = symbol.BaseType; type is not null; type = type.BaseType)
        {
            if (
                type.Name == "Migration"
                && type.ContainingNamespace.ToDisplayString() is (EntityFramework or Toolkit or FluentMigrator) and var kind
            )
            {
                return new MigrationClass(symbol, kind);
            }
        }

        return null;
    }

    /// <summary>The override of a method, in the class or one between it and the library's.</summary>
    public IMethodSymbol? Override(string name)
    {
        for (var type = Symbol; type is not null && type.Name != "Migration"; type = type.BaseType)
        {
            if (type.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault() is { } method)
            {
                return method;
            }
        }

        return null;
    }

    /// <summary>Its version as written, of whatever kind of migration.</summary>
    public (string Text, AttributeData Attribute)? Version() =>
        Symbol
            .GetAttributes()
            .Where(a =>
                a.AttributeClass?.Name == "MigrationAttribute"
                && a.ConstructorArguments.Length > 0
                && a.ConstructorArguments[0].Value is not null
            )
            .Select(a => ((string, AttributeData)?)($"{a.ConstructorArguments[0].Value}", a))
            .FirstOrDefault();

    /// <summary>Whether a method's body is empty, or only says that it is done.</summary>
    public static bool DoesNothing(IMethodSymbol method, CancellationToken cancellationToken)
    {
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is not MethodDeclarationSyntax declaration)
        {
            return false;
        }

        return declaration.Body is { } body
            ? body.Statements.All(IsIdle)
            : declaration.ExpressionBody is { } arrow && IsIdle(arrow.Expression);
    }

    /// <summary>Whether someone wrote into an empty body why it is empty.</summary>
    public static bool IsExplained(IMethodSymbol method, CancellationToken cancellationToken) =>
        method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is MethodDeclarationSyntax { Body: { } body }
        && body.DescendantTrivia()
            .Any(t =>
                (t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia)) && t.ToString().Length > 12
            );

    private static bool IsIdle(StatementSyntax statement) =>
        statement switch
        {
            EmptyStatementSyntax => true,
            ReturnStatementSyntax { Expression: { } value } => IsIdle(value),
            ReturnStatementSyntax => true,
            ThrowStatementSyntax { Expression: ObjectCreationExpressionSyntax thrown } => IsNotImplemented(thrown),
            _ => false,
        };

    private static bool IsIdle(ExpressionSyntax expression) =>
        expression switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" } => true,
            ThrowExpressionSyntax { Expression: ObjectCreationExpressionSyntax thrown } => IsNotImplemented(thrown),
            _ => false,
        };

    private static bool IsNotImplemented(ObjectCreationExpressionSyntax thrown) =>
        thrown.Type.ToString().EndsWith("NotImplementedException", System.StringComparison.Ordinal);
}
