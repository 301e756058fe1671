using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4006: certificates that nobody checks, metadata over plain HTTP, databases without a checked TLS connection.</summary>
public sealed class TransportAnalyzer : CodeRule
{
    private const string Check = "Leave the check on, or guard it with IsDevelopment().";
    private const string Encrypt = "Use SslMode.VerifyFull or Require.";

    private static readonly string[] s_callbacks =
    [
        "ServerCertificateCustomValidationCallback",
        "ServerCertificateValidationCallback",
        "RemoteCertificateValidationCallback",
        "CertificateValidationCallback",
        "CertificateValidation",
    ];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.UncheckedTransport];

    internal override void Start(CodeActions code)
    {
        if (!TestProject.Is(code.Compilation))
        {
            code.OnNode(AnalyzeAssignment, SyntaxKind.SimpleAssignmentExpression, SyntaxKind.AddAssignmentExpression);
            code.OnNode(AnalyzeCreation, SyntaxKind.ObjectCreationExpression);
            code.OnNode(AnalyzeText, SyntaxKind.StringLiteralExpression, SyntaxKind.InterpolatedStringExpression);
        }
    }

    private static void AnalyzeAssignment(SyntaxNodeAnalysisContext context)
    {
        var assignment = (AssignmentExpressionSyntax)context.Node;
        var name = assignment.Left switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member,
            IdentifierNameSyntax { Identifier.ValueText: var member } => member,
            _ => "",
        };
        var finding = name switch
        {
            "RequireHttpsMetadata" when IsConstant(false) => (
                "'RequireHttpsMetadata = false' trusts keys that come over plain HTTP",
                Check
            ),
            "TrustServerCertificate" when IsConstant(true) => (
                "'TrustServerCertificate = true' accepts any database server's certificate",
                Check
            ),
            "SslMode" when SslMode(assignment.Right) is { } mode => ($"'SslMode.{mode}' lets the connection go unencrypted", Encrypt),
            _ when s_callbacks.Contains(name) && AcceptsAll(context, assignment.Right) => ($"'{name}' accepts every certificate", Check),
            _ => default,
        };
        if (finding.Item1 is not null && IsOfLibrary(context, assignment.Left) && !IsLocalDatabase(context, assignment))
        {
            Report(context, assignment, assignment.GetLocation(), finding.Item1, finding.Item2);
        }

        bool IsConstant(bool value) =>
            context.SemanticModel.GetConstantValue(assignment.Right, context.CancellationToken) is { Value: bool constant }
            && constant == value;
    }

    private static void AnalyzeCreation(SyntaxNodeAnalysisContext context)
    {
        var creation = (ObjectCreationExpressionSyntax)context.Node;
        if (
            creation.Type
            is not (
                IdentifierNameSyntax { Identifier.ValueText: "SslStream" }
                or QualifiedNameSyntax { Right.Identifier.ValueText: "SslStream" }
            )
        )
        {
            return;
        }

        foreach (var argument in creation.ArgumentList?.Arguments ?? default)
        {
            if (AcceptsAll(context, argument.Expression))
            {
                Report(context, creation, argument.GetLocation(), "This callback accepts every certificate", Check);
                return;
            }
        }
    }

    private static void AnalyzeText(SyntaxNodeAnalysisContext context)
    {
        var text = context.Node is LiteralExpressionSyntax literal
            ? literal.Token.ValueText
            : InterpolatedText.Of((InterpolatedStringExpressionSyntax)context.Node, context.SemanticModel, context.CancellationToken);
        if (
            text.IndexOf('=') < 0
            || (!Has("TrustServerCertificate") && !Has("Trust Server Certificate") && !Has("SslMode") && !Has("SSL Mode"))
            || ConnectionStringText.Parse(text) is not { } connection
            || connection.IsLocal
        )
        {
            return;
        }

        if (
            connection["trustservercertificate"] is { } trust
            && (trust.Equals("true", StringComparison.OrdinalIgnoreCase) || trust.Equals("yes", StringComparison.OrdinalIgnoreCase))
        )
        {
            Report(
                context,
                context.Node,
                context.Node.GetLocation(),
                "This connection string accepts any database server's certificate",
                "Take TrustServerCertificate out, or guard it with IsDevelopment()."
            );
        }
        else if (
            connection["sslmode"] is { } mode
            && mode.ToUpperInvariant() is "DISABLE" or "DISABLED" or "PREFER" or "PREFERRED" or "NONE" or "ALLOW"
        )
        {
            Report(
                context,
                context.Node,
                context.Node.GetLocation(),
                "This connection string lets the connection go unencrypted",
                "Write SSL Mode=VerifyFull or Require."
            );
        }

        bool Has(string part) => text.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
    }

    private static bool AcceptsAll(SyntaxNodeAnalysisContext context, ExpressionSyntax callback) =>
        callback
            is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "DangerousAcceptAnyServerCertificateValidator" }
                or IdentifierNameSyntax { Identifier.ValueText: "DangerousAcceptAnyServerCertificateValidator" }
        || AlwaysTrue.Is(callback, context.SemanticModel, context.CancellationToken);

    private static string? SslMode(ExpressionSyntax value) =>
        value is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var mode, Expression: var type }
        && type.ToString().EndsWith("SslMode", StringComparison.Ordinal)
        && mode is "Disable" or "Disabled" or "Prefer" or "Preferred" or "Allow" or "None"
            ? mode
            : null;

    private static bool IsOfLibrary(SyntaxNodeAnalysisContext context, ExpressionSyntax member) =>
        context.SemanticModel.GetSymbolInfo(member, context.CancellationToken).Symbol
            is { Kind: SymbolKind.Property or SymbolKind.Field or SymbolKind.Event } symbol
        && !SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, context.Compilation.Assembly);

    // new SqlConnectionStringBuilder { DataSource = "localhost", TrustServerCertificate = true }
    private static bool IsLocalDatabase(SyntaxNodeAnalysisContext context, AssignmentExpressionSyntax assignment) =>
        assignment.Parent is InitializerExpressionSyntax initializer
        && initializer
            .Expressions.OfType<AssignmentExpressionSyntax>()
            .Any(other =>
                other.Left is IdentifierNameSyntax { Identifier.ValueText: "DataSource" or "Host" or "Server" }
                && ConstantText.Of(other.Right, context.SemanticModel, context.CancellationToken) is { } host
                && LocalHost.IsHost(host)
            );

    private static void Report(SyntaxNodeAnalysisContext context, SyntaxNode node, Location location, string what, string mend)
    {
        if (DevelopmentGuard.Severity(node, context.SemanticModel, context.CancellationToken) is { } severity)
        {
            context.ReportDiagnostic(
                Diagnostic.Create(Rules.UncheckedTransport, location, severity, additionalLocations: null, properties: null, what, mend)
            );
        }
    }
}
