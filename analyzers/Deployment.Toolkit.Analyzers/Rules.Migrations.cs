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

    public static readonly DiagnosticDescriptor StatementLoses = new(
        "DTK5003",
        "A statement loses data or breaks the running release",
        "{0}",
        Migrations,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "While a migration runs, and after a rollback of the code, the release before it works with the new schema.",
        helpLinkUri: HelpLink("DTK5003")
    );

    public static readonly DiagnosticDescriptor StatementLocks = new(
        "DTK5004",
        "A statement keeps others waiting",
        "{0}",
        Migrations,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A statement that reads or writes every row under a lock makes the app wait for as long as there are rows.",
        helpLinkUri: HelpLink("DTK5004")
    );

    public static readonly DiagnosticDescriptor StatementOutsideTransaction = new(
        "DTK5005",
        "A statement cannot run in a migration's transaction",
        "{0}",
        Migrations,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "A migration is applied whole or not at all, together with its row of the history.",
        helpLinkUri: HelpLink("DTK5005")
    );

    public static readonly DiagnosticDescriptor OperationLosesOrLocks = new(
        "DTK5006",
        "A migration of EF Core loses data, breaks the running release or keeps others waiting",
        "{0}",
        Migrations,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "What DTK5003 and DTK5004 say of scripts, said of calls on a MigrationBuilder.",
        helpLinkUri: HelpLink("DTK5006")
    );

    public static readonly DiagnosticDescriptor ColumnType = new(
        "DTK5007",
        "A column's type costs a migration later",
        "{0}",
        Migrations,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "While a column is new, another type costs nothing; once it has rows, it costs a table that is written anew.",
        helpLinkUri: HelpLink("DTK5007")
    );

    public static readonly DiagnosticDescriptor Allowance = new(
        "DTK5008",
        "A comment allows something without a reason",
        "{0}",
        Migrations,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Whoever reads the script later has to know why it was harmless.",
        helpLinkUri: HelpLink("DTK5008")
    );
}
