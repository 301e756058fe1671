using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Reads a condition: does it, being true (or false), leave production out?</summary>
internal sealed class EnvironmentCondition(SemanticModel model, CancellationToken cancellationToken)
{
    private const int MaxDepth = 4;

    // No condition that people write has as many parts, with those of all the flags that it asks.
    private const int MaxSteps = 500;

    private WalkLimit _limit = new(MaxSteps);

    public bool ExcludesProduction(ExpressionSyntax condition, bool value)
    {
        _limit = new WalkLimit(MaxSteps);
        return Excludes(condition, value, 0);
    }

    public bool ExcludesProduction(SwitchLabelSyntax label) =>
        label switch
        {
            CaseSwitchLabelSyntax { Value: var value } => NameExcludes(value, true),
            CasePatternSwitchLabelSyntax { Pattern: var pattern } => ExcludesProduction(pattern, true),
            _ => false,
        };

    public bool ExcludesProduction(PatternSyntax pattern, bool value) =>
        pattern switch
        {
            ConstantPatternSyntax constant => NameExcludes(constant.Expression, value),
            ParenthesizedPatternSyntax inner => ExcludesProduction(inner.Pattern, value),
            UnaryPatternSyntax not => ExcludesProduction(not.Pattern, !value),
            BinaryPatternSyntax both => (both.OperatorToken.IsKind(SyntaxKind.OrKeyword) == value)
                ? ExcludesProduction(both.Left, value) && ExcludesProduction(both.Right, value)
                : ExcludesProduction(both.Left, value) || ExcludesProduction(both.Right, value),
            _ => false,
        };

    private bool Excludes(ExpressionSyntax condition, bool value, int depth)
    {
        if (!_limit.TryStep())
        {
            return false;
        }

        switch (condition)
        {
            case ParenthesizedExpressionSyntax inner:
                return Excludes(inner.Expression, value, depth);
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                return Excludes(not.Operand, !value, depth);
            case AwaitExpressionSyntax awaited:
                return Excludes(awaited.Expression, value, depth);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } pair:
                return pair.IsKind(SyntaxKind.LogicalAndExpression) == value
                    ? Excludes(pair.Left, value, depth) || Excludes(pair.Right, value, depth)
                    : Excludes(pair.Left, value, depth) && Excludes(pair.Right, value, depth);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } comparison:
                var equal = comparison.IsKind(SyntaxKind.EqualsExpression) == value;
                return Compares(comparison.Left, comparison.Right, equal, depth)
                    || Compares(comparison.Right, comparison.Left, equal, depth);
            // options.DetailedErrors ?? false
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either:
                return either.Right.IsKind(value ? SyntaxKind.FalseLiteralExpression : SyntaxKind.TrueLiteralExpression)
                    && Excludes(either.Left, value, depth);
            case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax constant } test:
                return Compares(test.Expression, constant.Expression, value, depth);
            case IsPatternExpressionSyntax test:
                return ExcludesProduction(test.Pattern, value);
            case InvocationExpressionSyntax call:
                return CallExcludes(call, value, depth);
            case IdentifierNameSyntax or MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax or ElementAccessExpressionSyntax:
                return FlagExcludes(condition, value, depth);
            default:
                return false;
        }
    }

    private bool Compares(ExpressionSyntax what, ExpressionSyntax with, bool equal, int depth) =>
        with.Kind() switch
        {
            SyntaxKind.TrueLiteralExpression => Excludes(what, equal, depth),
            SyntaxKind.FalseLiteralExpression => Excludes(what, !equal, depth),
            _ => IsSwitchValue(what, with) || NameExcludes(with, equal),
        };

    // configuration["DetailedErrors"] == "true"
    private bool IsSwitchValue(ExpressionSyntax what, ExpressionSyntax with) =>
        ConstantText.Of(with, model, cancellationToken) is { } text
        && bool.TryParse(text, out _)
        && NamesIn(what).Any(EnvironmentWords.IsSwitch);

    private bool NameExcludes(ExpressionSyntax name, bool isCalledSo) =>
        ConstantText.Of(name, model, cancellationToken) is { } text
        && (EnvironmentWords.NameExcludesProduction(text, isCalledSo) || (isCalledSo && EnvironmentWords.IsAsked(text)));

    private bool CallExcludes(InvocationExpressionSyntax call, bool value, int depth)
    {
        var name = EnvironmentApi.CalledName(call) ?? "";
        var arguments = call.ArgumentList.Arguments;
        switch (name)
        {
            case "IsEnvironment" when arguments.Count > 0:
                return NameExcludes(arguments.Last().Expression, value);
            case nameof(Equals):
                return arguments.Any(a => NameExcludes(a.Expression, value))
                    || (call.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && NameExcludes(receiver, value));
            case "Contains" or "StartsWith" or "EndsWith":
                return value && NamesIn(call).Any(word => word == "*" || EnvironmentWords.NamesDevelopment(word));
            case "Any" when value && arguments is { Count: 1 } only:
                return (only[0].Expression as AnonymousFunctionExpressionSyntax)?.ExpressionBody is { } each && Excludes(each, true, depth);
            case "ConfigureAwait":
                return call.Expression is MemberAccessExpressionSyntax { Expression: var awaited } && Excludes(awaited, value, depth);
        }

        if (EnvironmentWords.ExcludesProduction(name, value))
        {
            return true;
        }

        // GetValue<bool>("DetailedErrors"), bool.Parse(configuration["…"]), features.IsEnabled("…")
        if (name is "GetValue" or "Parse" or "TryParse" or "ToBoolean" or "IsEnabled" or "IsEnabledAsync")
        {
            return NamesIn(call).Any(word => EnvironmentWords.IsSwitch(word) || EnvironmentWords.ExcludesProduction(word, value));
        }

        return depth < MaxDepth
            && model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol method
            && BodyExcludes(method, value, depth);
    }

    private bool FlagExcludes(ExpressionSyntax flag, bool value, int depth)
    {
        var name = flag switch
        {
            IdentifierNameSyntax { Identifier.ValueText: var text } => text,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var text } => text,
            ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax { Name.Identifier.ValueText: var text } } =>
                text,
            _ => "",
        };
        if (EnvironmentWords.ExcludesProduction(name, value) || (name == "IsAttached" && value))
        {
            return true;
        }

        var member = (flag as ConditionalAccessExpressionSyntax)?.WhenNotNull ?? flag;
        var symbol = model.GetSymbolInfo(member, cancellationToken).Symbol;
        if (symbol is ILocalSymbol or IFieldSymbol or IPropertySymbol && depth < MaxDepth)
        {
            var initializer = ConstantText.Initializer(symbol, model, cancellationToken);
            if (initializer is not null and not LiteralExpressionSyntax && In(initializer)?.Excludes(initializer, value, depth + 1) == true)
            {
                return true;
            }

            if (symbol is IPropertySymbol { GetMethod: { } getter } && BodyExcludes(getter, value, depth))
            {
                return true;
            }
        }

        // Someone switches it by a setting; a constant is no such thing.
        return symbol is IParameterSymbol or IPropertySymbol or ILocalSymbol or IFieldSymbol { IsConst: false }
            && NamesIn(flag).Any(EnvironmentWords.IsSwitch);
    }

    private bool BodyExcludes(IMethodSymbol method, bool value, int depth)
    {
        var body = (method.ReducedFrom ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) switch
        {
            BaseMethodDeclarationSyntax { ExpressionBody.Expression: var expression } => expression,
            LocalFunctionStatementSyntax { ExpressionBody.Expression: var expression } => expression,
            ArrowExpressionClauseSyntax { Expression: var expression } => expression,
            BaseMethodDeclarationSyntax { Body.Statements: { Count: 1 } only } => (only[0] as ReturnStatementSyntax)?.Expression,
            LocalFunctionStatementSyntax { Body.Statements: { Count: 1 } only } => (only[0] as ReturnStatementSyntax)?.Expression,
            AccessorDeclarationSyntax { ExpressionBody.Expression: var expression } => expression,
            AccessorDeclarationSyntax { Body.Statements: { Count: 1 } only } => (only[0] as ReturnStatementSyntax)?.Expression,
            _ => null,
        };
        return body is not null && In(body)?.Excludes(body, value, depth + 1) == true;
    }

    private EnvironmentCondition? In(SyntaxNode node) =>
        node.SyntaxTree == model.SyntaxTree ? this
        : SourceSearch.ModelOf(node, model) is { } its ? new EnvironmentCondition(its, cancellationToken) { _limit = _limit }
        : null;

    private static System.Collections.Generic.IEnumerable<string> NamesIn(ExpressionSyntax expression) =>
        expression
            .DescendantTokens()
            .Where(t => t.IsKind(SyntaxKind.IdentifierToken) || t.IsKind(SyntaxKind.StringLiteralToken))
            .Select(t => t.ValueText);
}
