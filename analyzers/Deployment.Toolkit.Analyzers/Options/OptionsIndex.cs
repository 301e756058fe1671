using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What a compilation binds and validates, read once somebody asks.</summary>
internal sealed class OptionsIndex
{
    private readonly HashSet<ISymbol> _validated = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _validatedOnStart = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, SyntaxNode> _bound = new(SymbolEqualityComparer.Default);

    // Generic methods and classes that validate options of whatever type they are given.
    private readonly HashSet<string> _helpers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _startingHelpers = new(StringComparer.Ordinal);
    private bool _validatesAny;

    /// <summary>Whether the app's only host is one that runs no validation at its start.</summary>
    public bool HasOnlyWebHost { get; private set; }

    public static OptionsIndex Read(Compilation compilation, CancellationToken cancellationToken)
    {
        var index = new OptionsIndex();
        foreach (var tree in compilation.SyntaxTrees.OrderBy(t => t.FilePath, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var text = tree.GetText(cancellationToken).ToString();
            if (Has("Valid") || Has("Configure") || Has("Bind") || Has(".Get<") || Has("IOptions"))
            {
                index.Read(tree.GetRoot(cancellationToken), SourceSearch.Model(compilation, tree), cancellationToken);
            }

            bool Has(string part) => text.IndexOf(part, StringComparison.Ordinal) >= 0;
        }

        index.ReadHelpers(compilation, cancellationToken);
        index.HasOnlyWebHost = index.HasWebHost(compilation, cancellationToken);
        return index;
    }

    public bool IsValidated(ITypeSymbol options) => _validatesAny || _validated.Contains(options) || _validatedOnStart.Contains(options);

    public bool IsValidatedOnStart(ITypeSymbol options) => _validatedOnStart.Contains(options);

    public bool IsBound(ITypeSymbol options) => _bound.ContainsKey(options);

    /// <summary>Whether it is there that the options are bound first: a defect of the type is said in one place.</summary>
    public bool IsFirstBinding(ITypeSymbol options, SyntaxNode call) =>
        _bound.TryGetValue(options, out var first) && first.SyntaxTree == call.SyntaxTree && first.Span == call.Span;

    private void Read(SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var node in root.DescendantNodes())
        {
            switch (node)
            {
                case InvocationExpressionSyntax call:
                    ReadCall(call, model, cancellationToken);
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" or "CurrentValue" } read:
                    ReadAtStart(read, model, cancellationToken);
                    break;
                case BaseTypeSyntax { Type: var type }
                    when Rightmost(type)
                        is GenericNameSyntax { Identifier.ValueText: "IValidateOptions" or "AbstractValidator" or "IValidator" } generic
                        && node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } validator:
                    if (generic.Identifier.ValueText != "IValidateOptions" || IsUsed(validator, model, cancellationToken))
                    {
                        AddTypes(_validated, generic, model, cancellationToken);
                    }

                    break;
            }
        }
    }

    private static NameSyntax? Rightmost(TypeSyntax type) =>
        type switch
        {
            QualifiedNameSyntax qualified => qualified.Right,
            AliasQualifiedNameSyntax alias => alias.Name,
            _ => type as NameSyntax,
        };

    private void ReadCall(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        var simple = CalledName.Of(call);
        var name = simple?.Identifier.ValueText ?? "";
        if (name is "TryValidateObject" or "ValidateObject" or "TryValidateProperty")
        {
            ReadValidatorCall(call, model, cancellationToken);
        }
        else if (name == "ValidateOnStart" || name.StartsWith("Validate", StringComparison.Ordinal))
        {
            if (OptionsOf(call, model, cancellationToken) is not { } options)
            {
                ReadOwnValidation(call, model, cancellationToken);
            }
            else
            {
                (name == "ValidateOnStart" ? _validatedOnStart : _validated).Add(options);
                if (options is ITypeParameterSymbol { ContainingSymbol: { } helper })
                {
                    (name == "ValidateOnStart" ? _startingHelpers : _helpers).Add(helper.Name);
                }
            }
        }
        else if (simple is GenericNameSyntax generic && name.IndexOf("Valid", StringComparison.Ordinal) >= 0)
        {
            AddTypes(
                name.Contains("OnStart") || name == "AddValidatedOptions" ? _validatedOnStart : _validated,
                generic,
                model,
                cancellationToken
            );
        }
        else if (simple is GenericNameSyntax handed && IsOfOther(call, model, cancellationToken))
        {
            // What another project's helper does with the type is seen by nobody here.
            AddTypes(_validated, handed, model, cancellationToken);
            AddTypes(_validatedOnStart, handed, model, cancellationToken);
        }
        else if (
            OptionsBinding.Of(call, model, cancellationToken) is { } bound
            && (!_bound.TryGetValue(bound.Options, out var known) || (CalledNameIsGet(known) && !CalledNameIsGet(call)))
        )
        {
            _bound[bound.Options] = call;
        }
    }

    // mail.Validate(), MailRules.Validate(mail)
    private void ReadOwnValidation(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var given in call.ArgumentList.Arguments.Select(a => (ExpressionSyntax?)a.Expression).Append(CalledName.Receiver(call)))
        {
            if (given is not null && model.GetTypeInfo(given, cancellationToken).Type is INamedTypeSymbol { TypeKind: TypeKind.Class } type)
            {
                _validated.Add(type);
            }
        }
    }

    // A value that is asked for while the app starts is validated there: in Main, in Configure, in a hosted service.
    private void ReadAtStart(MemberAccessExpressionSyntax read, SemanticModel model, CancellationToken cancellationToken)
    {
        if (
            read.Ancestors()
                .Any(a =>
                    a is GlobalStatementSyntax
                    || a is MethodDeclarationSyntax { Identifier.ValueText: "Main" or "Configure" }
                    || (a is TypeDeclarationSyntax { BaseList.Types: var bases } && bases.Any(IsStarted))
                )
            && !read.Ancestors().TakeWhile(a => a is not StatementSyntax).Any(a => a is AnonymousFunctionExpressionSyntax)
            && model.GetTypeInfo(read.Expression, cancellationToken).Type
                is INamedTypeSymbol { Name: "IOptions" or "IOptionsMonitor" or "IOptionsSnapshot", TypeArguments: [var options] }
        )
        {
            _validatedOnStart.Add(options);
        }
    }

    private static bool IsStarted(BaseTypeSyntax type) =>
        type.Type
            is SimpleNameSyntax
            {
                Identifier.ValueText: "IHostedService" or "BackgroundService" or "IHostedLifecycleService" or "IStartupFilter"
            };

    private static bool IsOfOther(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { ContainingAssembly: { } assembly } method
        && method
            .Parameters.Concat(method.ReducedFrom?.Parameters ?? [])
            .Any(p => p.Type.Name is "IConfiguration" or "IConfigurationSection" or "IServiceCollection")
        && !SymbolEqualityComparer.Default.Equals(assembly, model.Compilation.Assembly)
        && !Manifest.IsFramework(assembly);

    private void ReadHelpers(Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var (helpers, types) in new[] { (_helpers, _validated), (_startingHelpers, _validatedOnStart) })
        {
            var known = new HashSet<string>(StringComparer.Ordinal);
            for (var open = new Queue<string>(helpers); open.Count > 0; )
            {
                var helper = open.Dequeue();
                if (!known.Add(helper))
                {
                    continue;
                }

                foreach (
                    var (use, model) in SourceSearch.Nodes<GenericNameSyntax>(
                        compilation,
                        helper + "<",
                        n => n.Identifier.ValueText == helper,
                        cancellationToken
                    )
                )
                {
                    AddTypes(types, use, model, cancellationToken);
                    foreach (
                        var outer in use
                            .TypeArgumentList.Arguments.Select(a => model.GetTypeInfo(a, cancellationToken).Type)
                            .OfType<ITypeParameterSymbol>()
                    )
                    {
                        open.Enqueue(outer.ContainingSymbol.Name);
                    }
                }
            }
        }
    }

    private static bool CalledNameIsGet(SyntaxNode call) => EnvironmentApi.CalledName((InvocationExpressionSyntax)call) == "Get";

    private void ReadValidatorCall(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        var type = call.ArgumentList.Arguments.FirstOrDefault() is { } first
            ? model.GetTypeInfo(first.Expression, cancellationToken).Type
            : null;
        if (type is null or ITypeParameterSymbol or { SpecialType: SpecialType.System_Object })
        {
            _validatesAny = true;
        }
        else
        {
            _validated.Add(type);
        }
    }

    // One that nobody names is registered nowhere, unless another assembly does it or a scan finds it.
    private static bool IsUsed(TypeDeclarationSyntax validator, SemanticModel model, CancellationToken cancellationToken)
    {
        if (
            model.Compilation.Options.OutputKind == OutputKind.DynamicallyLinkedLibrary
            && validator.Modifiers.Any(m => m.ValueText == "public")
        )
        {
            return true;
        }

        var name = validator.Identifier.ValueText;
        return SourceSearch.Nodes<SimpleNameSyntax>(model.Compilation, name, n => n.Identifier.ValueText == name, cancellationToken).Any()
            || model.Compilation.SyntaxTrees.Any(tree =>
                SourceSearch.Has(tree, "GetTypes()", cancellationToken)
                || SourceSearch.Has(tree, ".Scan(", cancellationToken)
                || SourceSearch.Has(tree, "FromAssembl", cancellationToken)
            );
    }

    private bool HasWebHost(Compilation compilation, CancellationToken cancellationToken)
    {
        if (_validatedOnStart.Count == 0)
        {
            return false;
        }

        var hasWebHost =
            SourceSearch
                .Calls(compilation, "CreateDefaultBuilder", cancellationToken)
                .Any(found => CalledName.Receiver(found.Node)?.ToString().EndsWith("WebHost", StringComparison.Ordinal) == true)
            || Creates("WebHostBuilder");
        return hasWebHost
            && !Creates("HostBuilder")
            && !SourceSearch
                .Nodes<MemberAccessExpressionSyntax>(
                    compilation,
                    "Create",
                    a =>
                        a.Name.Identifier.ValueText.StartsWith("Create", StringComparison.Ordinal)
                        && a.Expression is IdentifierNameSyntax { Identifier.ValueText: "Host" or "WebApplication" },
                    cancellationToken
                )
                .Any();

        bool Creates(string type) =>
            SourceSearch
                .Nodes<ObjectCreationExpressionSyntax>(
                    compilation,
                    "new " + type,
                    c => (c.Type as SimpleNameSyntax)?.Identifier.ValueText == type,
                    cancellationToken
                )
                .Any();
    }

    private static void AddTypes(
        HashSet<ISymbol> types,
        GenericNameSyntax generic,
        SemanticModel model,
        CancellationToken cancellationToken
    )
    {
        foreach (var argument in generic.TypeArgumentList.Arguments)
        {
            if (model.GetTypeInfo(argument, cancellationToken).Type is { } type)
            {
                types.Add(type);
            }
        }
    }

    /// <summary>The T of a call that gives an <c>OptionsBuilder&lt;T&gt;</c>.</summary>
    public static ITypeSymbol? OptionsOf(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetTypeInfo(call, cancellationToken).Type
            is INamedTypeSymbol { Name: "OptionsBuilder", TypeArguments: { Length: 1 } arguments }
            ? arguments[0]
            : null;
}
