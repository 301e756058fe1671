using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

internal static partial class Rules
{
    public const string Migrations = "Deployment.Migrations";

    public static readonly DiagnosticDescriptor NoWayBack = new(
        "DTK5001",
        "A migration has no way back",
        "Migration '{0}' has no way back: {1}",
        Migrations,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A release that fails its health gate can only be rolled back with its schema.",
        helpLinkUri: HelpLink("DTK5001")
    );

    public static readonly DiagnosticDescriptor MigrationVersion = new(
        "DTK5002",
        "A migration's version is duplicated, malformed or out of order",
        "{0}",
        Migrations,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The version is a migration's place in the order and its name in the history: it must be a number that no other "
            + "migration has.",
        helpLinkUri: HelpLink("DTK5002")
    );
}
