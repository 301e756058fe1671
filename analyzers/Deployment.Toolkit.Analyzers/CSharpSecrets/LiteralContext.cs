using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Finds the name under which a literal is kept: what it is assigned to, its key, its argument's parameter.</summary>
internal static class LiteralContext
{
    /// <summary>The name, by syntax alone; <see langword="null"/> where only a symbol would tell, or nothing.</summary>
    public static string? Name(ExpressionSyntax literal)
    {
        switch (literal.Parent)
        {
            case ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax:
                return Name((ExpressionSyntax)literal.Parent);
            case MemberAccessExpressionSyntax hashed when IsHashedSecret(hashed):
                return "Secret";
            // "…"u8.ToArray(), "…".AsSpan()
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: var copy, Parent: InvocationExpressionSyntax made }
                when TextOfBytes.IsCopy(copy):
                return Name(made);
            // [.. "…"u8]
            case SpreadElementSyntax { Parent: CollectionExpressionSyntax { Elements.Count: 1 } collected }:
                return Name(collected);
            // new SecureString(), filled letter by letter
            case ForEachStatementSyntax loop when loop.Expression == literal && loop.Statement.ToString().Contains("AppendChar"):
                return "Password";
            // token == "…", "…".Equals(token)
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } compared:
                return Compared(compared.Left == literal ? compared.Right : compared.Left);
            case MemberAccessExpressionSyntax
            {
                Name.Identifier.ValueText: "Equals",
                Parent: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } with }
            }:
                return Compared(with[0].Expression);
            case ConditionalExpressionSyntax choice when choice.Condition != literal:
                return Name(choice);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } fallback:
                return (fallback.Right == literal ? Read(fallback.Left) : null) ?? Name(fallback);
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable }:
                return variable.Identifier.ValueText;
            case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax property }:
                return property.Identifier.ValueText;
            case EqualsValueClauseSyntax { Parent: ParameterSyntax parameter }:
                return parameter.Identifier.ValueText;
            case ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax property }:
                return property.Identifier.ValueText;
            case ArrowExpressionClauseSyntax { Parent: AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } }:
                return property.Identifier.ValueText;
            case AssignmentExpressionSyntax assignment when assignment.Right == literal:
                return Target(assignment.Left);
            case AnonymousObjectMemberDeclaratorSyntax { NameEquals.Name.Identifier.ValueText: var member }:
                return member;
            case AttributeArgumentSyntax attribute:
                return attribute.NameEquals?.Name.Identifier.ValueText ?? attribute.NameColon?.Name.Identifier.ValueText;
            case InitializerExpressionSyntax { RawKind: (int)SyntaxKind.ComplexElementInitializerExpression } pair
                when pair.Expressions.IndexOf(literal) == 1:
                return Key(pair.Expressions[0]);
            case ArgumentSyntax { NameColon.Name.Identifier.ValueText: var named }:
                return named;
            case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } arguments } argument:
                return Argument(call, arguments, argument);
            case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: BaseObjectCreationExpressionSyntax } arguments } argument
                when arguments.Arguments.IndexOf(argument) == 1:
                return Key(arguments.Arguments[0].Expression);
            default:
                return null;
        }
    }

    // new Secret("…".Sha256()): what an identity server keeps of a client's secret.
    private static bool IsHashedSecret(MemberAccessExpressionSyntax hashed) =>
        hashed
            is {
                Name.Identifier.ValueText: "Sha256" or "Sha512",
                Parent: InvocationExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: ObjectCreationExpressionSyntax creation } }
            }
        && creation.Type
            is IdentifierNameSyntax { Identifier.ValueText: "Secret" }
                or QualifiedNameSyntax { Right.Identifier.ValueText: "Secret" };

    private static string? Argument(InvocationExpressionSyntax call, ArgumentListSyntax arguments, ArgumentSyntax argument)
    {
        // Encoding.UTF8.GetBytes("…"), Convert.FromBase64String("…"): the bytes are the secret then.
        if (TextOfBytes.IsMade(EnvironmentApi.CalledName(call)))
        {
            return Name(call);
        }

        // token.Equals("…"), string.Equals(token, "…")
        if (call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Equals" } equals)
        {
            return arguments.Arguments.IndexOf(argument) == 1 ? Compared(arguments.Arguments[0].Expression) : Compared(equals.Expression);
        }

        // Add("ApiKey", "…"), GetValue("ApiKey", "…"), SetEnvironmentVariable("API_KEY", "…")
        return arguments.Arguments.IndexOf(argument) == 1 ? Key(arguments.Arguments[0].Expression) : null;
    }

    // configuration["Jwt:Key"] ?? "…", Environment.GetEnvironmentVariable("JWT_KEY") ?? "…", options.Password ?? "…"
    private static string? Read(ExpressionSyntax source) =>
        source switch
        {
            ParenthesizedExpressionSyntax inner => Read(inner.Expression),
            InvocationExpressionSyntax call => call.ArgumentList.Arguments.FirstOrDefault() is { } first ? Key(first.Expression) : null,
            ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax member } => member.Name.Identifier.ValueText,
            _ => Target(source),
        };

    private static string? Accessed(ExpressionSyntax field) =>
        field.FirstAncestorOrSelf<AccessorDeclarationSyntax>() is { Parent.Parent: PropertyDeclarationSyntax property }
            ? property.Identifier.ValueText
            : null;

    private static string? Compared(ExpressionSyntax other) =>
        other is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } call
            ? EnvironmentApi.CalledName(call) is { } name && name.StartsWith("Get", System.StringComparison.Ordinal)
                ? name.Substring(3)
                : null
            : Read(other);

    private static string? Target(ExpressionSyntax target) =>
        target switch
        {
            // set => field = "…", which compilers before C# 14 take for a name.
            FieldExpressionSyntax
            or IdentifierNameSyntax { Identifier.ValueText: "field", Parent.Parent: not null } when Accessed(target) is { } property =>
                property,
            MemberBindingExpressionSyntax member => member.Name.Identifier.ValueText,
            ConditionalAccessExpressionSyntax access => Target(access.WhenNotNull),
            IdentifierNameSyntax name => name.Identifier.ValueText,
            MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
            ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } keys } => Key(keys[0].Expression),
            ImplicitElementAccessSyntax { ArgumentList.Arguments: { Count: 1 } keys } => Key(keys[0].Expression),
            _ => null,
        };

    private static string? Key(ExpressionSyntax key) =>
        key switch
        {
            LiteralExpressionSyntax { Token.Value: string text } => text,
            MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
            IdentifierNameSyntax name => name.Identifier.ValueText,
            _ => null,
        };

    /// <summary>The parameter that an argument by position is given to; it costs a symbol.</summary>
    public static string? Parameter(ExpressionSyntax literal, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (literal.Parent)
        {
            // Sign("…"u8.ToArray()), Sign([.. "…"u8]), Sign(Encoding.UTF8.GetBytes("…"))
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: var copy, Parent: InvocationExpressionSyntax copied }
                when TextOfBytes.IsCopy(copy):
                return Parameter(copied, model, cancellationToken);
            case SpreadElementSyntax { Parent: CollectionExpressionSyntax { Elements.Count: 1 } collected }:
                return Parameter(collected, model, cancellationToken);
            case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax made } }
                when TextOfBytes.IsMade(EnvironmentApi.CalledName(made)):
                return Parameter(made, model, cancellationToken);
            case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: { } call } arguments } argument:
                return Parameter(
                    model.GetSymbolInfo(call, cancellationToken).Symbol as IMethodSymbol,
                    arguments.Arguments.IndexOf(argument)
                );
            case AttributeArgumentSyntax { Parent: AttributeArgumentListSyntax { Parent: AttributeSyntax attribute } arguments } argument:
                return Parameter(
                    model.GetSymbolInfo(attribute, cancellationToken).Symbol as IMethodSymbol,
                    arguments.Arguments.IndexOf(argument)
                );
            default:
                return null;
        }
    }

    private static string? Parameter(IMethodSymbol? method, int index) =>
        method is not null && index >= 0 && index < method.Parameters.Length && !method.Parameters[index].IsParams
            ? method.Parameters[index].Name
            : null;
}
