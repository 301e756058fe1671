using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

internal static partial class Rules
{
    public const string Health = "Deployment.Health";
    public const string Steps = "Deployment.Steps";

    public static readonly DiagnosticDescriptor HealthTimeout = new(
        "DTK6001",
        "A health check has no timeout",
        "Health check '{0}' has no timeout: one that hangs holds up the whole report. Give it one.",
        Health,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "All checks of a report are waited for; without a timeout the slowest of them decides how long.",
        helpLinkUri: HelpLink("DTK6001")
    );

    public static readonly DiagnosticDescriptor Blocks = new(
        "DTK6002",
        "A health check or step blocks or cannot be cancelled",
        "{0}",
        Health,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What blocks a thread or goes on after its timeout takes the app down that it should look after.",
        helpLinkUri: HelpLink("DTK6002")
    );

    public static readonly DiagnosticDescriptor StepWithoutWayBack = new(
        "DTK6003",
        "A step cannot be taken back or taken up again",
        "Step '{0}' {1}",
        Steps,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A run that fails takes its steps back; one that was interrupted must know of each whether to do it again.",
        helpLinkUri: HelpLink("DTK6003")
    );

    public static readonly DiagnosticDescriptor DependencyOnLiveness = new(
        "DTK6004",
        "The liveness endpoint depends on others",
        "'{0}' tells whether the app lives, and it asks '{1}' too: when that fails, an orchestrator restarts all instances. Set a "
            + "Predicate.",
        Health,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A restart mends a hung process, not a database that is away: dependencies belong to readiness.",
        helpLinkUri: HelpLink("DTK6004")
    );
}
