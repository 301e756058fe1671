using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Follows a section to where it is used.</summary>
internal sealed partial class UseReader
{
    // A section by itself does nothing: what counts is where it goes. Its direct receivers are candidates of their own.
    private void ReadSection(InvocationExpressionSyntax call, ExpressionSyntax configuration, ExpressionSyntax key, int depth)
    {
        if (_paths.Section(configuration, model) is not { } section || _paths.Text(key, model) is not { } name)
        {
            Add(UseKind.Touch, configuration, key);
            return;
        }

        var path = PathReader.Join(section, name);
        _uses.Add(new ConfigurationUse(UseKind.Touch, path));
        Follow(call, path, depth);
    }

    private void Follow(ExpressionSyntax expression, string path, int depth)
    {
        // A chain of calls is followed from one to the next; nobody writes one that is as long as a stack is deep.
        if (_turns > MaxTurns)
        {
            _uses.Add(new ConfigurationUse(UseKind.Open, path));
            return;
        }

        SyntaxNode value = expression;
        while (
            value.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax
            || value.Parent is PostfixUnaryExpressionSyntax
            || (value.Parent is ConditionalAccessExpressionSyntax conditional && conditional.WhenNotNull == value)
        )
        {
            value = value.Parent;
        }

        switch (value.Parent)
        {
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } access when access.Expression == value:
                _uses.Add(new ConfigurationUse(UseKind.Key, path, "System.String"));
                break;
            case ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Value" } }:
                _uses.Add(new ConfigurationUse(UseKind.Key, path, "System.String"));
                break;
            case MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax next } access when access.Expression == value:
                if (depth > 0 || !UseCandidates.IsCandidate(next))
                {
                    _turns++;
                    ReadCall(next, depth);
                    _turns--;
                }

                break;
            case MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax:
                break;
            case ElementAccessExpressionSyntax access when access.Expression == value:
                if (depth > 0)
                {
                    Read(access);
                    ReadBelow(path, access);
                }

                break;
            case ArgumentSyntax { Parent.Parent: { } outer }:
                if (
                    outer is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax
                    && model.GetSymbolInfo(outer, cancellationToken).Symbol is null
                )
                {
                    _uses.Add(new ConfigurationUse(UseKind.Open, path));
                }
                else if (depth > 0 && !UseCandidates.IsCandidate(outer))
                {
                    Read(outer);
                }

                break;
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }
                when depth < 3 && model.GetDeclaredSymbol(declarator, cancellationToken) is { } variable:
                FollowVariable(declarator, variable, path, depth);
                break;
            case AssignmentExpressionSyntax { Left: var left } assignment
                when depth < 3
                    && assignment.Right == value
                    && model.GetSymbolInfo(left, cancellationToken).Symbol
                        is { } assigned
                            and (ILocalSymbol or IFieldSymbol or IPropertySymbol)
                    && assigned.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.Internal):
                FollowVariable(assignment, assigned, path, depth);
                break;
            case ExpressionStatementSyntax:
                break;
            default:
                _uses.Add(new ConfigurationUse(UseKind.Open, path));
                break;
        }
    }

    // A variable that was given another section since it was begun: its first one is all that its own reads tell.
    private void ReadBelow(string path, ElementAccessExpressionSyntax access)
    {
        if (
            access.ArgumentList.Arguments is [var key]
            && !(access.Parent is AssignmentExpressionSyntax { Left: var left } && left == access)
            && _paths.Text(key.Expression, model) is { } text
        )
        {
            _uses.Add(new ConfigurationUse(UseKind.Key, PathReader.Join(path, text)));
        }
    }

    private void FollowVariable(SyntaxNode origin, ISymbol variable, string path, int depth)
    {
        if (!_followed.TryGetValue(variable, out var paths))
        {
            _followed.Add(variable, paths = []);
        }

        if (_followed.Count > MaxFollowed || paths.Count > MaxFollowed || !paths.Add(path))
        {
            return;
        }

        var scope =
            variable is ILocalSymbol
                ? origin
                    .Ancestors()
                    .FirstOrDefault(a =>
                        a is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax or TypeDeclarationSyntax
                    )
                : origin.FirstAncestorOrSelf<TypeDeclarationSyntax>();
        var references =
            scope
                ?.DescendantNodes()
                .OfType<IdentifierNameSyntax>()
                .Where(i =>
                    i.Identifier.ValueText == variable.Name && !(i.Parent is AssignmentExpressionSyntax assignment && assignment.Left == i)
                )
            ?? [];
        foreach (var reference in references)
        {
            if (SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(reference, cancellationToken).Symbol, variable))
            {
                ExpressionSyntax whole = reference.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own
                    ? own
                    : reference;
                if (!(whole.Parent is AssignmentExpressionSyntax { Left: var left } && left == whole))
                {
                    Follow(whole, path, depth + 1);
                }
            }
        }
    }
}
