using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells by names alone which nodes may use configuration, so that few are asked for their meaning.</summary>
internal static class UseCandidates
{
    private static readonly string[] s_fileWords = ["onfig", "GetSection", "Settings", "settings", "GetValue", "GetRequiredSection", "cfg"];

    // Of interest as the argument or a part of the name of a generic call; as IOptions<T> they stand wherever options are used.
    private static readonly string[] s_typeWords = ["Options", "options"];

    private static readonly string[] s_configurationWords = ["conf", "section", "cfg", "settings"];

    private static readonly string[] s_nameWords = ["section", "key", "name", "position", "path"];

    private static readonly string[] s_bindingWords = ["option", "setting", "config", "bind", "section"];

    /// <summary>The candidates of a tree, searched for; <see cref="TreeFacts"/> keeps them.</summary>
    public static ImmutableArray<SyntaxNode> In(SyntaxTree tree, CancellationToken cancellationToken) =>
        Mentions(tree.GetText(cancellationToken).ToString())
            ? [.. tree.GetRoot(cancellationToken).DescendantNodes().Where(IsCandidate)]
            : [];

    public static bool IsCandidate(SyntaxNode node) =>
        node switch
        {
            InvocationExpressionSyntax call => IsCandidate(call),
            ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } access => IsKey(arguments[0].Expression)
                && (LooksLikeConfiguration(access.Expression) || HasColon(arguments[0].Expression)),
            ElementBindingExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } binding => IsKey(arguments[0].Expression)
                && binding.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>() is { } conditional
                && LooksLikeConfiguration(conditional.Expression),
            BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } => arguments.Any(Passes),
            _ => false,
        };

    public static string? CalledName(ExpressionSyntax expression) =>
        expression switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } => name,
            MemberBindingExpressionSyntax { Name.Identifier.ValueText: var name } => name,
            SimpleNameSyntax { Identifier.ValueText: var name } => name,
            _ => null,
        };

    private static bool IsCandidate(InvocationExpressionSyntax call)
    {
        switch (CalledName(call.Expression))
        {
            case null or "nameof":
                return false;
            case "GetSection"
            or "GetRequiredSection"
            or "GetConnectionString"
            or "BindConfiguration"
            or "AddValidatedOptions"
            or "GetValue"
            or "GetChildren":
                return true;
            case "Bind" or "Configure" or "AsEnumerable" or "Get":
                return call.Expression is not IdentifierNameSyntax || call.ArgumentList.Arguments.Count > 0;
        }

        // What passes configuration on, and generic methods by which people wrap the binding: AddMyOptions<T>("Section").
        return call.ArgumentList.Arguments.Any(Passes)
            || (call.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && LooksLikeConfiguration(receiver))
            || (
                GenericName(call.Expression) is { } generic
                && (
                    Contains(generic.Identifier.ValueText, s_bindingWords)
                    || call.ArgumentList.Arguments.Any(a => NamesSection(a.Expression))
                )
            );
    }

    private static GenericNameSyntax? GenericName(ExpressionSyntax expression) =>
        expression switch
        {
            GenericNameSyntax generic => generic,
            MemberAccessExpressionSyntax { Name: GenericNameSyntax generic } => generic,
            MemberBindingExpressionSyntax { Name: GenericNameSyntax generic } => generic,
            _ => null,
        };

    private static bool Passes(ArgumentSyntax argument) => LooksLikeConfiguration(argument.Expression);

    private static bool LooksLikeConfiguration(ExpressionSyntax expression) =>
        expression switch
        {
            IdentifierNameSyntax { Identifier.ValueText: var name } => Contains(name, s_configurationWords),
            MemberAccessExpressionSyntax { Name: IdentifierNameSyntax { Identifier.ValueText: var name } } => Contains(
                name,
                s_configurationWords
            ),
            MemberBindingExpressionSyntax { Name.Identifier.ValueText: var name } => Contains(name, s_configurationWords),
            InvocationExpressionSyntax { Expression: var called } => CalledName(called) is "GetSection" or "GetRequiredSection",
            ConditionalAccessExpressionSyntax { WhenNotNull: var inner } => LooksLikeConfiguration(inner),
            PostfixUnaryExpressionSyntax { Operand: var inner } => LooksLikeConfiguration(inner),
            ParenthesizedExpressionSyntax { Expression: var inner } => LooksLikeConfiguration(inner),
            CastExpressionSyntax { Expression: var inner } => LooksLikeConfiguration(inner),
            _ => false,
        };

    private static bool IsKey(ExpressionSyntax expression) =>
        expression switch
        {
            LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.StringLiteralExpression),
            InterpolatedStringExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax => true,
            BinaryExpressionSyntax binary => binary.IsKind(SyntaxKind.AddExpression),
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } => true,
            _ => false,
        };

    // Load<T>("Section"), Load<T>(nameof(T)), Load<T>(T.SectionName)
    private static bool NamesSection(ExpressionSyntax expression) =>
        expression switch
        {
            LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.StringLiteralExpression),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } => Contains(name, s_nameWords),
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } => true,
            _ => false,
        };

    private static bool HasColon(ExpressionSyntax expression) =>
        Sum.Parts(expression)
            .Any(static part =>
                part switch
                {
                    LiteralExpressionSyntax { Token.ValueText: var text } => text.IndexOf(':') > 0,
                    InterpolatedStringExpressionSyntax { Contents: var contents } => contents
                        .OfType<InterpolatedStringTextSyntax>()
                        .Any(c => c.TextToken.ValueText.IndexOf(':') >= 0),
                    _ => false,
                }
            );

    private static bool Contains(string name, string[] words)
    {
        foreach (var word in words)
        {
            if (name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    // Text is searched many times faster than a tree is walked, and most files have nothing to do with configuration.
    private static bool Mentions(string text) =>
        Has(text, s_fileWords, static (all, at) => !IsInUsing(all, at)) || Has(text, s_typeWords, IsInGenericCall);

    private static bool Has(string text, string[] words, Func<string, int, bool> counts)
    {
        foreach (var word in words)
        {
            for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
            {
                if (counts(text, at))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // AddMailOptions<T>(…), Load<MailOptions>(…): its parenthesis stands in the same line.
    private static bool IsInGenericCall(string text, int at)
    {
        var end = text.IndexOf('\n', at);
        return text.IndexOf(">(", at, (end < 0 ? text.Length : end) - at, StringComparison.Ordinal) >= 0;
    }

    // A using of a namespace of configuration stands in many files that only get it from others.
    private static bool IsInUsing(string text, int at)
    {
        var line = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        return string.CompareOrdinal(text, line, "using ", 0, 6) == 0 && text.IndexOf('(', line, at - line) < 0;
    }
}
