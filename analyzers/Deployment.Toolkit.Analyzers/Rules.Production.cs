using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

internal static partial class Rules
{
    public const string Production = "Deployment.Production";

    public static readonly DiagnosticDescriptor UnguardedDiagnostics = new(
        "DTK4001", "Diagnostics meant for development run in production", "'{0}' {1} in production too. Guard it with IsDevelopment().",
        Production, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Stack traces, parameter values and personal data help whoever attacks the app as much as whoever writes it.",
        helpLinkUri: HelpLink("DTK4001"));
}
