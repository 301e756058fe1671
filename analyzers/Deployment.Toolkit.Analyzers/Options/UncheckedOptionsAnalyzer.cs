using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK2002: a bound type has rules, as attributes or a validator, and nothing in the compilation checks them.</summary>
public sealed class UncheckedOptionsAnalyzer : CodeRule
{
    private const string Call = "Call ValidateDataAnnotations().ValidateOnStart().";
    private const string Validate = "Bind it with AddOptions<T>().Bind(…).ValidateDataAnnotations().ValidateOnStart().";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.UncheckedOptions];

    internal override void Start(CodeActions code)
    {
        if (
            code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Configuration.IConfiguration") is null
            || TestProject.Is(code.Compilation)
        )
        {
            return;
        }

        var rule = code.Compilation.GetTypeByMetadataName("System.ComponentModel.DataAnnotations.ValidationAttribute");
        var index = new OnDemand<OptionsIndex>(cancellationToken => OptionsIndex.Read(code.Compilation, cancellationToken));
        var validators = new OnDemand<List<(string Options, string Name)>>(cancellationToken =>
            Validators(code.Compilation, cancellationToken)
        );
        code.OnCall(c => Analyze(c, rule, index, validators), "Configure", "Bind", "BindConfiguration", "Get");
    }

    private static void Analyze(
        SyntaxNodeAnalysisContext context,
        INamedTypeSymbol? rule,
        OnDemand<OptionsIndex> index,
        OnDemand<List<(string Options, string Name)>> validators
    )
    {
        var call = (InvocationExpressionSyntax)context.Node;
        var name = CalledName.Of(call)!;
        if (
            OptionsBinding.Of(call, context.SemanticModel, context.CancellationToken) is not { } binding
            || RulesOn(binding.Options, rule, validators, context.CancellationToken) is not { } rules
        )
        {
            return;
        }

        var known = index.Get(context.CancellationToken);
        if (!known.IsValidated(binding.Options) && known.IsFirstBinding(binding.Options, call) && !IsHandedOn(call, context))
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Rules.UncheckedOptions,
                    name.GetLocation(),
                    binding.Options.Name,
                    rules,
                    name.Identifier.ValueText is "Bind" or "BindConfiguration"
                    && OptionsIndex.OptionsOf(call, context.SemanticModel, context.CancellationToken) is not null
                        ? Call
                        : Validate
                )
            );
        }
    }

    private static string? RulesOn(
        INamedTypeSymbol options,
        INamedTypeSymbol? rule,
        OnDemand<List<(string Options, string Name)>> validators,
        CancellationToken cancellationToken
    )
    {
        var properties = Members(options)
            .Where(p => p.GetAttributes().Any(a => Derives(a.AttributeClass, rule)))
            .Select(p => $"'{p.Name}'")
            .Take(3)
            .ToList();
        if (properties.Count > 0)
        {
            return $"rules on {string.Join(", ", properties)}";
        }

        if (options.AllInterfaces.Any(i => i.ToDisplayString() == "System.ComponentModel.DataAnnotations.IValidatableObject"))
        {
            return "rules of its own in Validate";
        }

        var validator = validators
            .Get(cancellationToken)
            .FirstOrDefault(v => v.Options.EndsWith(options.Name, StringComparison.Ordinal))
            .Name;
        return validator is null ? null : $"the validator '{validator}', which is registered nowhere";
    }

    // All at once: a search for each bound type would go through all files as often.
    private static List<(string Options, string Name)> Validators(Compilation compilation, CancellationToken cancellationToken) =>
        [
            .. from found in SourceSearch.Nodes<GenericNameSyntax>(
                compilation,
                "IValidateOptions<",
                n => n.Identifier.ValueText == "IValidateOptions" && n.Parent is BaseTypeSyntax && n.TypeArgumentList.Arguments.Count == 1,
                cancellationToken
            )
            let validator = found.Node.FirstAncestorOrSelf<TypeDeclarationSyntax>()
            where validator is not null
            select (found.Node.TypeArgumentList.Arguments[0].ToString(), validator.Identifier.ValueText),
        ];

    private static IEnumerable<IPropertySymbol> Members(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (var property in current.GetMembers().OfType<IPropertySymbol>().Where(p => !p.IsStatic))
            {
                yield return property;
            }
        }
    }

    private static bool Derives(INamedTypeSymbol? type, INamedTypeSymbol? from)
    {
        for (; type is not null && from is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type, from))
            {
                return true;
            }
        }

        return false;
    }

    // A helper that returns its OptionsBuilder leaves the rest to its caller.
    private static bool IsHandedOn(InvocationExpressionSyntax call, SyntaxNodeAnalysisContext context) =>
        OptionsIndex.OptionsOf(call, context.SemanticModel, context.CancellationToken) is not null
        && (context.ContainingSymbol as IMethodSymbol)?.ReturnType.Name == "OptionsBuilder";
}
