using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3004: a secret's value goes into a log, onto the console or into an exception's text.</summary>
public sealed class SecretDisclosureAnalyzer : CodeRule
{
    private static readonly string[] s_levels =
    [
        "Verbose",
        "Trace",
        "Debug",
        "Information",
        "Info",
        "Warning",
        "Warn",
        "Error",
        "Fatal",
        "Critical",
        "Write",
        "WriteLine",
        "Print",
        "BeginScope",
        "TrackTrace",
        "TrackEvent",
    ];

    private static readonly string[] s_sinks =
    [
        "ILogger",
        "LoggerExtensions",
        "Log",
        "Logger",
        "Console",
        "Debug",
        "Trace",
        "StepContext",
        "TelemetryClient",
    ];

    private static readonly string[] s_transparent = ["Format", "Concat", "ToString", "Trim", "Serialize", "SerializeObject"];

    private static readonly string[] s_settings = ["Options", "Settings", "Config", "Configuration", "Credentials", "Credential", "Value"];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.SecretDisclosed];

    internal override void Start(CodeActions code)
    {
        if (!TestProject.Is(code.Compilation))
        {
            // A tool's console is how it answers whoever runs it; a host's is a log.
            var hasHost = code.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Hosting.IHostEnvironment") is not null;
            code.OnNode(c => AnalyzeCall(c, hasHost), SyntaxKind.InvocationExpression);
            code.OnNode(AnalyzeThrow, SyntaxKind.ThrowStatement, SyntaxKind.ThrowExpression);
        }
    }

    private static void AnalyzeCall(SyntaxNodeAnalysisContext context, bool hasHost)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (
            EnvironmentApi.CalledName(call) is not { } name
            || !(name.StartsWith("Log", StringComparison.Ordinal) || s_levels.Contains(name))
        )
        {
            return;
        }

        bool? isSink = null;
        foreach (var argument in call.ArgumentList.Arguments)
        {
            foreach (var (node, secret) in Secrets(argument.Expression, context))
            {
                isSink ??= (hasHost || !IsConsole(call)) && IsSink(call, context);
                if (isSink == true)
                {
                    Report(context, node, secret, IsConsole(call) ? "written to the console" : "logged");
                }
            }
        }
    }

    private static void AnalyzeThrow(SyntaxNodeAnalysisContext context)
    {
        var thrown = context.Node is ThrowStatementSyntax statement
            ? statement.Expression
            : ((ThrowExpressionSyntax)context.Node).Expression;
        foreach (var argument in (thrown as BaseObjectCreationExpressionSyntax)?.ArgumentList?.Arguments ?? default)
        {
            // new ArgumentException("…", nameof(password)) holds a name; a value alone is no message.
            if (
                argument.Expression is not (InterpolatedStringExpressionSyntax or BinaryExpressionSyntax or InvocationExpressionSyntax)
                || ConfiguredSecret.Key(argument.Expression, context) is not null
            )
            {
                continue;
            }

            foreach (var (node, secret) in Secrets(argument.Expression, context))
            {
                Report(context, node, secret, "thrown in an exception's text");
            }
        }
    }

    private static void Report(SyntaxNodeAnalysisContext context, ExpressionSyntax node, string secret, string how)
    {
        if (!DevelopmentGuard.Protects(node, context.SemanticModel, context.CancellationToken))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.SecretDisclosed, node.GetLocation(), secret, how));
        }
    }

    private static IEnumerable<(ExpressionSyntax Node, string Name)> Secrets(ExpressionSyntax expression, SyntaxNodeAnalysisContext context)
    {
        switch (expression)
        {
            case ParenthesizedExpressionSyntax inner:
                return Secrets(inner.Expression, context);
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure:
                return Secrets(sure.Operand, context);
            case CastExpressionSyntax cast:
                return Secrets(cast.Expression, context);
            case InterpolatedStringExpressionSyntax interpolated:
                return InHoles(interpolated, context);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                return InParts(sum, context);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } pair:
                return Secrets(pair.Left, context).Concat(Secrets(pair.Right, context));
            case ConditionalExpressionSyntax choice:
                return Secrets(choice.WhenTrue, context).Concat(Secrets(choice.WhenFalse, context));
            case InvocationExpressionSyntax call when EnvironmentApi.CalledName(call) == "Reveal":
                return IsReveal(call, context) ? [(call, CalledName.Receiver(call)?.ToString() ?? "Reveal")] : [];
            case InvocationExpressionSyntax call when s_transparent.Contains(EnvironmentApi.CalledName(call)):
                return CalledName.Receiver(call) is { } receiver && EnvironmentApi.CalledName(call) is "ToString" or "Trim"
                    ? Secrets(receiver, context).Concat(InArguments(call, context))
                    : InArguments(call, context);
            case InvocationExpressionSyntax or ElementAccessExpressionSyntax:
                return Configured(expression, context);
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value", Expression: InvocationExpressionSyntax }
            or ConditionalAccessExpressionSyntax { WhenNotNull: ElementBindingExpressionSyntax or InvocationExpressionSyntax }
                when ConfiguredSecret.Key(expression, context) is not null:
                return Configured(expression, context);
            case IdentifierNameSyntax or MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax:
                return Named(expression, context);
            default:
                return [];
        }
    }

    // Apart, so that what the queries hold on to is not made for every argument of a log's.
    private static IEnumerable<(ExpressionSyntax Node, string Name)> InParts(
        BinaryExpressionSyntax sum,
        SyntaxNodeAnalysisContext context
    ) => Sum.Parts(sum).SelectMany(part => Secrets(part, context));

    private static IEnumerable<(ExpressionSyntax Node, string Name)> InHoles(
        InterpolatedStringExpressionSyntax text,
        SyntaxNodeAnalysisContext context
    ) => text.Contents.OfType<InterpolationSyntax>().SelectMany(hole => Secrets(hole.Expression, context));

    private static IEnumerable<(ExpressionSyntax Node, string Name)> InArguments(
        InvocationExpressionSyntax call,
        SyntaxNodeAnalysisContext context
    ) => call.ArgumentList.Arguments.SelectMany(a => Secrets(a.Expression, context));

    private static IEnumerable<(ExpressionSyntax Node, string Name)> Configured(ExpressionSyntax read, SyntaxNodeAnalysisContext context) =>
        ConfiguredSecret.Key(read, context) is { } key && !(IsOfConnection(key) && FileConnection.Is(read, key, context))
            ? [(read, key)]
            : [];

    private static IEnumerable<(ExpressionSyntax Node, string Name)> Named(ExpressionSyntax expression, SyntaxNodeAnalysisContext context)
    {
        var name = expression switch
        {
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
            MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
            ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax member } => member.Name.Identifier.ValueText,
            _ => "",
        };
        if (!SecretIdentifier.Discloses(name))
        {
            return
                (IsSettings(name) || HoldsMembers(expression))
                && IsDestructured(expression, context)
                && Member(expression, context) is { } member2
                ? [(expression, member2)]
                : [];
        }

        var symbol =
            context.SemanticModel.GetSymbolInfo(expression, context.CancellationToken).Symbol
            ?? context
                .SemanticModel.GetSymbolInfo(
                    (expression as ConditionalAccessExpressionSyntax)?.WhenNotNull ?? expression,
                    context.CancellationToken
                )
                .Symbol;

        // A constant is a name or a message; one that is a secret is reported where it is written.
        return
            symbol is ILocalSymbol { IsConst: false } or IParameterSymbol or IPropertySymbol or IFieldSymbol { IsConst: false }
            && IsText(TypeOf(symbol))
            && ConstantText.Of(expression, context.SemanticModel, context.CancellationToken) is null
            && !(name.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase) && FileConnection.Is(expression, name, context))
            ? [(expression, name)]
            : [];
    }

    // Serilog's {@Options} writes every member; so does a record's ToString, or JSON.
    private static bool IsDestructured(ExpressionSyntax expression, SyntaxNodeAnalysisContext context)
    {
        if (
            expression.Parent
            is not ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } arguments } argument
        )
        {
            return false;
        }

        if (EnvironmentApi.CalledName(call) is "Serialize" or "SerializeObject")
        {
            return arguments.Arguments.IndexOf(argument) == 0;
        }

        if (IsTemplated(arguments, argument))
        {
            return true;
        }

        if (context.SemanticModel.GetTypeInfo(expression, context.CancellationToken).Type is INamedTypeSymbol { IsRecord: true } record)
        {
            return !record.GetMembers("ToString").Any(m => !m.IsImplicitlyDeclared)
                && !record.GetMembers("PrintMembers").Any(m => !m.IsImplicitlyDeclared);
        }

        return false;
    }

    // What a type is costs more than what a name is: any log call has arguments, few log settings.
    private static bool IsSettings(string name) => s_settings.Any(s => name.EndsWith(s, StringComparison.OrdinalIgnoreCase));

    private static bool HoldsMembers(ExpressionSyntax expression) =>
        expression.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } arguments } argument
        && (EnvironmentApi.CalledName(call) is "Serialize" or "SerializeObject" || IsTemplated(arguments, argument));

    private static bool IsTemplated(ArgumentListSyntax arguments, ArgumentSyntax argument)
    {
        foreach (var before in arguments.Arguments)
        {
            if (before == argument)
            {
                return false;
            }

            if (before.Expression is LiteralExpressionSyntax { Token.Value: string template } && template.Contains("{@"))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Member(ExpressionSyntax expression, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetTypeInfo(expression, context.CancellationToken).Type
            is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, SpecialType: SpecialType.None } type
            ? type.GetMembers()
                .OfType<IPropertySymbol>()
                .Where(p =>
                    SecretIdentifier.Discloses(p.Name)
                    && IsText(p.Type)
                    && !p.GetAttributes().Any(a => a.AttributeClass?.Name is "JsonIgnoreAttribute" or "NotLoggedAttribute")
                )
                .Select(p => $"{type.Name}.{p.Name}")
                .FirstOrDefault()
            : null;

    private static bool IsOfConnection(string key) => key.IndexOf("ConnectionString", StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsReveal(InvocationExpressionSyntax call, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol?.ContainingType?.ToDisplayString()
        == "Deployment.Toolkit.Secret";

    private static bool IsSink(InvocationExpressionSyntax call, SyntaxNodeAnalysisContext context) =>
        context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol is IMethodSymbol { ContainingType: var type } method
        && (
            s_sinks.Contains(type.Name)
            || type.AllInterfaces.Any(i => i.Name == "ILogger")
            || method.GetAttributes().Any(a => a.AttributeClass?.Name == "LoggerMessageAttribute")
        );

    private static bool IsConsole(InvocationExpressionSyntax call) =>
        CalledName.Receiver(call) is IdentifierNameSyntax { Identifier.ValueText: "Console" };

    private static bool IsText(ITypeSymbol? type) => type is { SpecialType: SpecialType.System_String or SpecialType.System_Object };

    private static ITypeSymbol? TypeOf(ISymbol symbol) =>
        symbol switch
        {
            ILocalSymbol local => local.Type,
            IParameterSymbol parameter => parameter.Type,
            IPropertySymbol property => property.Type,
            IFieldSymbol field => field.Type,
            _ => null,
        };
}
