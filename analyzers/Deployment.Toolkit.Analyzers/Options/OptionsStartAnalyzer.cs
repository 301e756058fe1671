using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2001: options that have validation, but not at the start of the app.</summary>
public sealed class OptionsStartAnalyzer : CodeRule
{
    private const string ValidateOnStart = "ValidateOnStart";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.ValidatedLate, Rules.ValidatedNever];

    internal override void Start(CodeActions code)
    {
        if (
            code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.DependencyInjection.OptionsBuilderExtensions") is { } extensions
            && !extensions.GetMembers(ValidateOnStart).IsEmpty
            && !TestProject.Is(code.Compilation)
        )
        {
            var index = new OnDemand<OptionsIndex>(cancellationToken => OptionsIndex.Read(code.Compilation, cancellationToken));
            code.OnNode(c => Analyze(c, index), SyntaxKind.InvocationExpression);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, OnDemand<OptionsIndex> index)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        var name = CalledName.Of(call);
        switch (name?.Identifier.ValueText)
        {
            case ValidateOnStart:
                if (
                    OptionsIndex.OptionsOf(call, context.SemanticModel, context.CancellationToken) is { } started
                    && index.Get(context.CancellationToken).HasOnlyWebHost
                )
                {
                    context.ReportDiagnostic(Diagnostic.Create(Rules.ValidatedNever, name.GetLocation(), started.Name));
                }

                break;
            case { } validate when validate.StartsWith("Validate", StringComparison.Ordinal):
                if (
                    OptionsIndex.OptionsOf(call, context.SemanticModel, context.CancellationToken) is { } options
                    && !StartsOrEscapes(call, context)
                    && !index.Get(context.CancellationToken).IsValidatedOnStart(options)
                )
                {
                    context.ReportDiagnostic(Diagnostic.Create(Rules.ValidatedLate, name.GetLocation(), options.Name));
                }

                break;
            case "AddSingleton" or "AddTransient" or "TryAddSingleton" or "TryAddTransient" when name is GenericNameSyntax generic:
                AnalyzeRegistration(context, generic, index);
                break;
        }
    }

    // services.AddSingleton<IValidateOptions<Mail>, MailValidator>()
    private static void AnalyzeRegistration(SyntaxNodeAnalysisContext context, GenericNameSyntax name, OnDemand<OptionsIndex> index)
    {
        if (
            name.TypeArgumentList.Arguments[0]
                is GenericNameSyntax { Identifier.ValueText: "IValidateOptions", TypeArgumentList.Arguments: { Count: 1 } types }
            && context.SemanticModel.GetTypeInfo(types[0], context.CancellationToken).Type is INamedTypeSymbol options
            && index.Get(context.CancellationToken) is var known
            && known.IsBound(options)
            && !known.IsValidatedOnStart(options)
        )
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.ValidatedLate, name.GetLocation(), options.Name));
        }
    }

    private static bool StartsOrEscapes(InvocationExpressionSyntax call, SyntaxNodeAnalysisContext context)
    {
        var last = call;
        while (last.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax next })
        {
            // Another validation later in the chain is reported in this one's place.
            if (EnvironmentApi.CalledName(next) is { } name && name.StartsWith("Validate", StringComparison.Ordinal))
            {
                return true;
            }

            last = next;
        }

        ExpressionSyntax root = call;
        while (root is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } } link)
        {
            if (EnvironmentApi.CalledName(link) == "AddOptionsWithValidateOnStart")
            {
                return true;
            }

            root = receiver;
        }

        var method = context.ContainingSymbol as IMethodSymbol;
        return last.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax local } => IsStarted(local.Identifier.ValueText, call),
            ReturnStatementSyntax or ArrowExpressionClauseSyntax => method?.ReturnType.Name == "OptionsBuilder",
            ArgumentSyntax or AssignmentExpressionSyntax => true,
            _ => root is IdentifierNameSyntax builder
                && IsOptionsBuilder(builder, context)
                && (
                    context.SemanticModel.GetSymbolInfo(builder, context.CancellationToken).Symbol is IParameterSymbol
                    || IsStarted(builder.Identifier.ValueText, call)
                ),
        };
    }

    private static bool IsOptionsBuilder(IdentifierNameSyntax name, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetTypeInfo(name, context.CancellationToken).Type?.Name == "OptionsBuilder";

    // Or handed on: then somebody else may do it.
    private static bool IsStarted(string local, SyntaxNode within) =>
        within.FirstAncestorOrSelf<SyntaxNode>(n => n is BaseMethodDeclarationSyntax or CompilationUnitSyntax) is { } scope
        && scope
            .DescendantNodes()
            .OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.ValueText == local)
            .Any(n =>
                n.Parent is ArgumentSyntax or ReturnStatementSyntax
                || n.Ancestors()
                    .TakeWhile(a => a is not StatementSyntax)
                    .OfType<InvocationExpressionSyntax>()
                    .Any(c => EnvironmentApi.CalledName(c) == ValidateOnStart)
            );
}
