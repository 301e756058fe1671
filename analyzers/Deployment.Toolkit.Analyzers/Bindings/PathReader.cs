using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Says which section an expression stands for, by meaning alone: through constants, nameof, locals, fields, interpolation, and, as
/// placeholders, through parameters and type arguments. What it cannot know is <see langword="null"/>.
/// </summary>
internal sealed class PathReader(ConfigurationApi api, SemanticModel own, CancellationToken cancellationToken)
{
    private const int MaxDepth = 12;

    // For one candidate: texts that hold each other several times double with each level.
    private const int MaxSteps = 1000;

    // No path is as long.
    private const int MaxText = 2000;

    private readonly WalkLimit _limit = new(MaxSteps);

    /// <summary>The path of a section; "" of the root.</summary>
    public string? Section(ExpressionSyntax expression, SemanticModel model, int depth = 0)
    {
        if (depth > MaxDepth || !_limit.TryStep())
        {
            return null;
        }

        switch (expression)
        {
            case ParenthesizedExpressionSyntax { Expression: var inner }:
                return Section(inner, model, depth + 1);
            case PostfixUnaryExpressionSyntax { Operand: var inner }:
                return Section(inner, model, depth + 1);
            case CastExpressionSyntax { Expression: var inner }:
                return Section(inner, model, depth + 1);
            case AwaitExpressionSyntax:
                return null;
            case BinaryExpressionSyntax { Left: var left } binary
                when binary.IsKind(SyntaxKind.AsExpression) || binary.IsKind(SyntaxKind.CoalesceExpression):
                return Section(left, model, depth + 1);
            case ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax inner }:
                return Section(inner, model, depth + 1);
            case ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax inner }:
                return Section(inner, model, depth + 1);
            case InvocationExpressionSyntax call when UseCandidates.CalledName(call.Expression) is "GetSection" or "GetRequiredSection":
                return SectionOfCall(call, model, depth);
        }

        var symbol = model.GetSymbolInfo(expression, cancellationToken).Symbol;
        return symbol switch
        {
            ILocalSymbol local => OfLocal(local, depth),
            IParameterSymbol parameter => OfParameter(parameter),
            IFieldSymbol field => OfMember(field, field.Type, depth),
            IPropertySymbol property => OfMember(property, property.Type, depth),
            // A root that is built or asked for; a method of one's own that gives a section may give any.
            IMethodSymbol method when api.IsConfiguration(method.ReturnType) => api.IsSection(method.ReturnType) ? null : "",
            _ when expression is ObjectCreationExpressionSyntax => api.IsSection(model.GetTypeInfo(expression, cancellationToken).Type)
                ? null
                : "",
            _ => null,
        };
    }

    /// <summary>A text, with placeholders for what callers give.</summary>
    public string? Text(ExpressionSyntax expression, SemanticModel model, int depth = 0) =>
        depth <= MaxDepth && _limit.TryStep() && Value(expression, model, depth) is { Length: <= MaxText } text ? text : null;

    private string? Value(ExpressionSyntax expression, SemanticModel model, int depth)
    {
        if (model.GetConstantValue(expression, cancellationToken) is { HasValue: true, Value: var constant })
        {
            return constant as string;
        }

        switch (expression)
        {
            case ParenthesizedExpressionSyntax { Expression: var inner }:
                return Text(inner, model, depth + 1);
            case PostfixUnaryExpressionSyntax { Operand: var inner }:
                return Text(inner, model, depth + 1);
            case BinaryExpressionSyntax { Left: var left, Right: var right } binary when binary.IsKind(SyntaxKind.AddExpression):
                return Text(left, model, depth + 1) is { } first && Text(right, model, depth + 1) is { } second ? first + second : null;
            case BinaryExpressionSyntax { Left: var left, Right: var right } binary when binary.IsKind(SyntaxKind.CoalesceExpression):
                // What a caller gives wins over the rest, and is one or the other from call to call.
                return Text(left, model, depth + 1) is null ? Text(right, model, depth + 1) : null;
            case InterpolatedStringExpressionSyntax { Contents: var contents }:
                return Interpolated(contents, model, depth);
            case InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 1 } arguments } call
                when UseCandidates.CalledName(call.Expression) == "Combine" && IsConfigurationPath(call, model):
                var parts = arguments.Select(a => Text(a.Expression, model, depth + 1)).ToList();
                return parts.Contains(null) ? null : string.Join(":", parts);
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Name", Expression: TypeOfExpressionSyntax { Type: var type } }:
                return TypeName(model.GetTypeInfo(type, cancellationToken).Type);
        }

        return model.GetSymbolInfo(expression, cancellationToken).Symbol switch
        {
            ILocalSymbol local when Initializer(local) is var (value, inner) => Text(value, inner, depth + 1),
            IParameterSymbol { ContainingSymbol: IMethodSymbol method } parameter when Id(method) is { } id => Placeholder.Parameter(
                id,
                parameter.Ordinal
            ),
            IFieldSymbol { IsReadOnly: true } field when Initializer(field) is var (value, inner) => Text(value, inner, depth + 1),
            IPropertySymbol { IsStatic: true, IsAbstract: true } member
                when expression is MemberAccessExpressionSyntax { Expression: var owner }
                    && model.GetSymbolInfo(owner, cancellationToken).Symbol is ITypeParameterSymbol parameter => TypeMember(
                parameter,
                member,
                depth + 1
            ),
            IPropertySymbol { SetMethod: null } property when Initializer(property) is var (value, inner) => Text(value, inner, depth + 1),
            _ => null,
        };
    }

    /// <summary>The section that a text of which only the beginning is known stands in: "Features" of <c>"Features:" + name</c>.</summary>
    public string Prefix(ExpressionSyntax key, SemanticModel model)
    {
        var first = key switch
        {
            InterpolatedStringExpressionSyntax { Contents: [InterpolatedStringTextSyntax text, ..] } => text.TextToken.ValueText,
            InterpolatedStringExpressionSyntax { Contents: [InterpolationSyntax { Expression: var inner }, ..] } => Text(inner, model)
                + ":",
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => PrefixOfSum(sum, model),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Left: var left } => Text(left, model)
                ?? Prefix(left, model),
            _ => "",
        };
        var colon = first?.LastIndexOf(':') ?? -1;
        return colon > 0 ? first!.Substring(0, colon) : "";
    }

    // What the parts in front of the first unknown one come to.
    private string PrefixOfSum(BinaryExpressionSyntax sum, SemanticModel model)
    {
        var prefix = "";
        foreach (var part in Sum.Parts(sum).Take(MaxSteps))
        {
            if (Text(part, model) is not { } text)
            {
                return prefix.Length > 0 ? prefix : Prefix(part, model);
            }

            prefix += text;
        }

        return prefix;
    }

    /// <summary>A type's id, or a placeholder for a caller's type argument.</summary>
    public static string? Type(ITypeSymbol? type) =>
        type switch
        {
            null or IErrorTypeSymbol or { IsAnonymousType: true } => null,
            ITypeParameterSymbol { DeclaringMethod: { } method } parameter => Id(method) is { } id
                ? Placeholder.TypeArgument(id, parameter.Ordinal)
                : null,
            ITypeParameterSymbol => null,
            _ => DocumentationCommentId.CreateReferenceId(type.WithNullableAnnotation(NullableAnnotation.None)),
        };

    public static string? TypeName(ITypeSymbol? type) =>
        type switch
        {
            ITypeParameterSymbol { DeclaringMethod: { } method } parameter => Id(method) is { } id
                ? Placeholder.TypeName(id, parameter.Ordinal)
                : null,
            INamedTypeSymbol { Arity: 0 } named => named.Name,
            _ => null,
        };

    /// <summary>The id of a method that callers can name; lambdas and local functions have none.</summary>
    public static string? Id(IMethodSymbol method) =>
        method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction
            ? null
            : DocumentationCommentId.CreateDeclarationId((method.ReducedFrom ?? method).OriginalDefinition);

    /// <summary>
    /// What a type argument says for an interface's static property, with a placeholder where only a caller knows the type.
    /// </summary>
    public string? TypeMember(ITypeSymbol type, IPropertySymbol member, int depth = 0) =>
        type switch
        {
            ITypeParameterSymbol { DeclaringMethod: { } method } parameter => Id(method) is { } id
                ? Placeholder.TypeMember(id, parameter.Ordinal, member.Name)
                : null,
            INamedTypeSymbol
                when type.FindImplementationForInterfaceMember(member) is IPropertySymbol { SetMethod: null } property
                    && Initializer(property) is var (value, model) => Text(value, model, depth + 1),
            _ => null,
        };

    /// <summary>The receiver of a call, be it before a dot or a question mark.</summary>
    public static ExpressionSyntax? Receiver(ExpressionSyntax called) =>
        called switch
        {
            MemberAccessExpressionSyntax { Expression: var receiver } => receiver,
            MemberBindingExpressionSyntax or ElementBindingExpressionSyntax => Conditional(called)?.Expression,
            _ => null,
        };

    public static string Join(string section, string key) =>
        section.Length == 0 ? key
        : key.Length == 0 ? section
        : section + ":" + key;

    // a?.b().c(): the parts after the question mark hang in one tree; the access that they belong to holds them in WhenNotNull.
    private static ConditionalAccessExpressionSyntax? Conditional(SyntaxNode binding)
    {
        for (var (child, node) = (binding, binding.Parent); node is not null; (child, node) = (node, node.Parent))
        {
            if (node is ConditionalAccessExpressionSyntax access && access.WhenNotNull == child)
            {
                return access;
            }
        }

        return null;
    }

    private string? SectionOfCall(InvocationExpressionSyntax call, SemanticModel model, int depth)
    {
        if (
            model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method
            || ConfigurationApi.Classify(method) != KnownMethod.Section
        )
        {
            return null;
        }

        var isStatic = method is { IsStatic: true, ReducedFrom: null };
        var arguments = call.ArgumentList.Arguments;
        if (arguments.Count != (isStatic ? 2 : 1) || (isStatic ? arguments[0].Expression : Receiver(call.Expression)) is not { } receiver)
        {
            return null;
        }

        return
            Section(receiver, model, depth + 1) is { } section
            && Text(arguments[arguments.Count - 1].Expression, model, depth + 1) is { } key
            ? Join(section, key)
            : null;
    }

    private string? OfLocal(ILocalSymbol local, int depth) =>
        Initializer(local) is var (value, model) ? Section(value, model, depth + 1)
        : api.IsSection(local.Type) ? null
        : "";

    private string? OfParameter(IParameterSymbol parameter)
    {
        // The configuration that a framework hands to a lambda is the root; what a lambda of one's own is given, nobody knows.
        if (parameter.ContainingSymbol is IMethodSymbol method && Id(method) is { } id)
        {
            return api.IsSection(parameter.Type)
                ? Placeholder.Section(id, parameter.Ordinal)
                : Placeholder.Parameter(id, parameter.Ordinal);
        }

        return api.IsSection(parameter.Type) ? null : "";
    }

    private string? OfMember(ISymbol member, ITypeSymbol type, int depth)
    {
        if (!api.IsConfiguration(type))
        {
            return null;
        }

        if (Initializer(member) is var (value, model))
        {
            return Section(value, model, depth + 1);
        }

        if (Assigned(member) is var (assigned, its) && Section(assigned, its, depth + 1) is { } path)
        {
            return path;
        }

        return api.IsSection(type) ? null : "";
    }

    // The one assignment of a field in its class, as constructors do.
    private (ExpressionSyntax Value, SemanticModel Model)? Assigned(ISymbol member)
    {
        (ExpressionSyntax, SemanticModel)? found = null;
        foreach (var reference in member.ContainingType?.DeclaringSyntaxReferences ?? [])
        {
            var type = reference.GetSyntax(cancellationToken);
            if (SourceSearch.ModelOf(type, own) is not { } model)
            {
                return null;
            }

            var assignments = type.DescendantNodes()
                .OfType<AssignmentExpressionSyntax>()
                .Where(a =>
                    a.Left switch
                    {
                        IdentifierNameSyntax { Identifier.ValueText: var name } => name == member.Name,
                        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name
                            == member.Name,
                        _ => false,
                    }
                );
            foreach (var assignment in assignments)
            {
                if (found is not null)
                {
                    return null;
                }

                found = (assignment.Right, model);
            }
        }

        return found;
    }

    private (ExpressionSyntax Value, SemanticModel Model)? Initializer(ISymbol symbol)
    {
        if (
            symbol.DeclaringSyntaxReferences is not [var reference]
            || reference.GetSyntax(cancellationToken) is not { } declaration
            || SourceSearch.ModelOf(declaration, own) is not { } model
        )
        {
            return null;
        }

        var value = declaration switch
        {
            VariableDeclaratorSyntax { Initializer.Value: var initial } => initial,
            PropertyDeclarationSyntax { Initializer.Value: var initial } => initial,
            PropertyDeclarationSyntax { ExpressionBody.Expression: var body } => body,
            PropertyDeclarationSyntax { AccessorList.Accessors: [{ ExpressionBody.Expression: var body }] } => body,
            _ => null,
        };
        return value is null ? null : (value, model);
    }

    private string? Interpolated(SyntaxList<InterpolatedStringContentSyntax> contents, SemanticModel model, int depth)
    {
        var text = "";
        foreach (var content in contents)
        {
            var part = content switch
            {
                InterpolatedStringTextSyntax literal => literal.TextToken.ValueText,
                InterpolationSyntax { Expression: var inner } => Text(inner, model, depth + 1),
                _ => null,
            };
            if (part is null)
            {
                return null;
            }

            text += part;
        }

        return text;
    }

    private bool IsConfigurationPath(InvocationExpressionSyntax call, SemanticModel model) =>
        model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { ContainingType.Name: "ConfigurationPath" } method
        && method.Parameters.FirstOrDefault()?.IsParams == true;
}
