using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells whether a place runs outside production only, or only where a setting switches it on.</summary>
internal static partial class DevelopmentGuard
{
    // A helper of a helper of a helper is read no further: what stands so deep is taken for unguarded.
    private const int MaxDepth = 3;

    // Each call of a helper has callers of its own; what so many call isn't taken for a helper of development.
    private const int MaxCalls = 200;

    public static bool Protects(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) =>
        IsCompiledForDebug(node, cancellationToken) || Protects(node, model, depth: 0, new WalkLimit(MaxCalls), cancellationToken);

    /// <summary>
    /// How loudly something unguarded is said; <see langword="null"/> where it is guarded. What a library offers as an extension and calls
    /// nowhere itself, its host may guard: that is a hint.
    /// </summary>
    public static DiagnosticSeverity? Severity(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) =>
        Protects(node, model, cancellationToken) ? null
        : IsOffered(node, model, cancellationToken) ? DiagnosticSeverity.Info
        : DiagnosticSeverity.Warning;

    private static bool IsOffered(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) =>
        model.Compilation.Options.OutputKind == OutputKind.DynamicallyLinkedLibrary
        && node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } declaration
        && model.GetDeclaredSymbol(declaration, cancellationToken)
            is IMethodSymbol { IsExtensionMethod: true, DeclaredAccessibility: Accessibility.Public, ContainingType: var type } method
        && type.DeclaredAccessibility == Accessibility.Public
        && !SourceSearch.Calls(model.Compilation, method.Name, cancellationToken).Any();

    private static bool Protects(SyntaxNode node, SemanticModel model, int depth, WalkLimit limit, CancellationToken cancellationToken)
    {
        var condition = new EnvironmentCondition(model, cancellationToken);
        for (var (child, parent) = (node, node.Parent); parent is not null; (child, parent) = (parent, parent.Parent))
        {
            var isProtected = parent switch
            {
                IfStatementSyntax branch => (child == branch.Statement && condition.ExcludesProduction(branch.Condition, true))
                    || (child == branch.Else && condition.ExcludesProduction(branch.Condition, false)),
                ConditionalExpressionSyntax choice => (child == choice.WhenTrue && condition.ExcludesProduction(choice.Condition, true))
                    || (child == choice.WhenFalse && condition.ExcludesProduction(choice.Condition, false)),
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => child == both.Right
                    && condition.ExcludesProduction(both.Left, true),
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either => child == either.Right
                    && condition.ExcludesProduction(either.Left, false),
                SwitchSectionSyntax section => section.Labels.All(condition.ExcludesProduction),
                SwitchExpressionArmSyntax arm => child == arm.Expression && condition.ExcludesProduction(arm.Pattern, true),
                BlockSyntax block => LeavesBefore(block.Statements, child, condition),
                CompilationUnitSyntax unit => LeavesBefore(
                    unit.Members.OfType<GlobalStatementSyntax>().Select(g => g.Statement),
                    child,
                    condition
                ),
                // app.When(env.IsDevelopment(), a => …)
                ArgumentListSyntax arguments => arguments.Arguments.Any(a =>
                    a != child && Check(a.Expression) is { } check && condition.ExcludesProduction(check, true)
                ),
                MethodDeclarationSyntax method => IsDevelopmentMethod(
                    method,
                    method.Identifier.ValueText,
                    model,
                    depth,
                    limit,
                    cancellationToken
                ),
                LocalFunctionStatementSyntax function => IsDevelopmentMethod(
                    function,
                    function.Identifier.ValueText,
                    model,
                    depth,
                    limit,
                    cancellationToken
                ),
                TypeDeclarationSyntax type => EnvironmentWords.IsDevelopmentType(type.Identifier.ValueText) || IsDesignTimeFactory(type),
                _ => false,
            };
            if (isProtected)
            {
                return true;
            }
        }

        return false;
    }

    // Only "dotnet ef" makes one; it never runs with the app.
    private static bool IsDesignTimeFactory(TypeDeclarationSyntax type) =>
        type.BaseList?.Types.Any(t => t.Type.ToString().Contains("IDesignTimeDbContextFactory")) == true;

    // app.When(env.IsDevelopment(), a => …), app.UseWhen(c => IPAddress.IsLoopback(…), a => …)
    private static ExpressionSyntax? Check(ExpressionSyntax argument) =>
        argument switch
        {
            InvocationExpressionSyntax or PrefixUnaryExpressionSyntax or BinaryExpressionSyntax => argument,
            LambdaExpressionSyntax
            {
                ExpressionBody: { } body,
                Parent: ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } }
            } when EnvironmentApi.CalledName(call) is "UseWhen" or "MapWhen" => body,
            _ => null,
        };

    // if (!env.IsDevelopment()) return; … everything after it runs in development.
    private static bool LeavesBefore(IEnumerable<StatementSyntax> statements, SyntaxNode child, EnvironmentCondition condition) =>
        statements
            .TakeWhile(s => s != child && s.Parent != child)
            .OfType<IfStatementSyntax>()
            .Any(branch => branch.Else is null && Leaves(branch.Statement) && condition.ExcludesProduction(branch.Condition, false));

    private static bool Leaves(StatementSyntax statement) =>
        statement switch
        {
            BlockSyntax block => block.Statements.LastOrDefault() is { } last && Leaves(last),
            ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax => true,
            _ => false,
        };

    private static bool IsCompiledForDebug(SyntaxNode node, CancellationToken cancellationToken)
    {
        var root = node.SyntaxTree.GetRoot(cancellationToken);
        if (!root.ContainsDirectives)
        {
            return false;
        }

        var open = new Stack<(string Condition, bool IsElse)>();
        for (
            var directive = root.GetFirstDirective();
            directive is not null && directive.SpanStart < node.SpanStart;
            directive = directive.GetNextDirective()
        )
        {
            switch (directive)
            {
                case IfDirectiveTriviaSyntax opened:
                    open.Push((opened.Condition.ToString(), false));
                    break;
                case ElifDirectiveTriviaSyntax other when open.Count > 0:
                    open.Pop();
                    open.Push((other.Condition.ToString(), false));
                    break;
                case ElseDirectiveTriviaSyntax when open.Count > 0:
                    open.Push((open.Pop().Condition, true));
                    break;
                case EndIfDirectiveTriviaSyntax when open.Count > 0:
                    open.Pop();
                    break;
            }
        }

        return open.Any(region => region.IsElse ? IsRelease(region.Condition) : IsDebug(region.Condition));

        static bool IsDebug(string condition) =>
            condition.IndexOf("DEBUG", StringComparison.OrdinalIgnoreCase) >= 0 && condition.IndexOf('!') < 0
            || condition.Contains("!RELEASE");

        static bool IsRelease(string condition) => condition.Contains("!DEBUG") || condition is "RELEASE" or "PRODUCTION";
    }
}
