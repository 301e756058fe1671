using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

internal static partial class Rules
{
    public const string Production = "Deployment.Production";

    public static readonly DiagnosticDescriptor UnguardedDiagnostics = new(
        "DTK4001",
        "Diagnostics meant for development run in production",
        "'{0}' {1} in production too. Guard it with IsDevelopment().",
        Production,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Stack traces, parameter values and personal data help whoever attacks the app as much as whoever writes it.",
        helpLinkUri: HelpLink("DTK4001")
    );

    public static readonly DiagnosticDescriptor OpenCors = new(
        "DTK4003",
        "CORS is open in production",
        "{0} in production too. {1}",
        Production,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A page of any origin that CORS allows reads this app's answers with the visitor's browser, and with credentials "
            + "as the visitor.",
        helpLinkUri: HelpLink("DTK4003")
    );

    public static readonly DiagnosticDescriptor UncheckedTransport = new(
        "DTK4006",
        "A connection is not checked or not encrypted in production",
        "{0} in production too. {1}",
        Production,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Whoever stands between two machines that do not check each other's certificate reads and changes what they say.",
        helpLinkUri: HelpLink("DTK4006")
    );

    public static readonly DiagnosticDescriptor UncheckedToken = new(
        "DTK4008",
        "A check of tokens is off in production",
        "'{0}' is off in production too, so that the app accepts {1}. {2}",
        Production,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A token says who somebody is only as far as its issuer, audience, lifetime and signature are checked.",
        helpLinkUri: HelpLink("DTK4008")
    );
}
