using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

internal static partial class Rules
{
    public const string Options = "Deployment.Options";

    private const string StartTitle = "Options are not validated at the app's start";
    private const string StartDescription =
        "A wrong setting that is noticed at the first request is noticed by a user; noticed at the start, it never takes a request.";

    public static readonly DiagnosticDescriptor ValidatedLate = new(
        "DTK2001",
        StartTitle,
        "'{0}' is validated when somebody first uses it, not when the app starts. Call ValidateOnStart().",
        Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        StartDescription,
        HelpLink("DTK2001")
    );

    public static readonly DiagnosticDescriptor ValidatedNever = new(
        "DTK2001",
        StartTitle,
        "'ValidateOnStart' has no effect on '{0}': a host made by WebHost runs no such validation. Make it with WebApplication or Host.",
        Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        StartDescription,
        HelpLink("DTK2001")
    );

    public static readonly DiagnosticDescriptor UncheckedOptions = new(
        "DTK2002",
        "Rules on options are never checked",
        "'{0}' has {1}, and nothing checks it. {2}",
        Options,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Binding a configuration section looks at no attribute: a missing required value is null or zero until it does harm.",
        helpLinkUri: HelpLink("DTK2002")
    );

    public static readonly DiagnosticDescriptor EnvironmentByCase = new(
        "DTK2004",
        "An environment's name is compared by case",
        "'{0}' is compared by case, and the host takes any. {1}",
        Environments,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The host's environment may be set as 'production' or 'PRODUCTION' as well, and IsProduction() is true then.",
        helpLinkUri: HelpLink("DTK2004")
    );

    public static readonly DiagnosticDescriptor ProviderOrder = new(
        "DTK2006",
        "A file overrides environment variables",
        "{0} overrides environment variables, since it is added after them. Call AddEnvironmentVariables() after it.",
        Options,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Who runs the app sets environment variables to override what the build brought along; a file that is added later "
            + "wins over them.",
        helpLinkUri: HelpLink("DTK2006")
    );
}
