using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The words by which people name environments, and the switches that stand in for them.</summary>
internal static class EnvironmentWords
{
    private static readonly Regex s_development = Pattern(
        "Development|DEVELOPMENT|development|(^|[a-z_])Dev($|[A-Z_])|^dev($|[A-Z_])|^isDev|Local(ly|host)?($|[A-Z_])|^local($|[A-Z_])|Debug|^debug|"
            + "Loopback|Testing|(^|[a-z_])Tests?($|[A-Z_])|Staging|Sandbox|DesignTime"
    );

    private static readonly Regex s_production = Pattern(
        "Production|PRODUCTION|production|(^|[a-z_])Prod($|[A-Z_])|^prod($|[A-Z_])|^[iI]sLive"
    );

    private static readonly Regex s_negated = Pattern("(Not|not|Non|non|No)(_)?(In)?(Production|Prod|Live|Development|Dev)");

    private static readonly Regex s_switch = Pattern(
        "detail|sensitive|diagnos|verbose|logg|trace|error|exception|pii|insecure|ssl|tls|cert|valid|trust|ignore|skip|allow|cors|origin|https|secur|"
            + "unsafe|selfsigned|disable|enable|show|feature",
        RegexOptions.IgnoreCase
    );

    private static readonly string[] s_productionNames = ["Production", "Prod", "Live", "PRD"];

    private static readonly string[] s_otherNames =
    [
        "Dev",
        "Local",
        "Test",
        "QA",
        "UAT",
        "CI",
        "Docker",
        "Acceptance",
        "Integration",
        "Demo",
        "Preview",
        "Stage",
    ];

    public static bool NamesDevelopment(string identifier) => !s_negated.IsMatch(identifier) && s_development.IsMatch(identifier);

    /// <summary>Whether a flag of that name, having that value, says that this isn't production.</summary>
    public static bool ExcludesProduction(string identifier, bool value)
    {
        if (s_negated.IsMatch(identifier))
        {
            return value == s_production.IsMatch(identifier);
        }

        return value ? s_development.IsMatch(identifier) : s_production.IsMatch(identifier);
    }

    /// <summary>Whether it names what someone switches on or off by a setting, whatever the environment.</summary>
    public static bool IsSwitch(string identifier) => s_switch.IsMatch(identifier);

    /// <summary>Whether "the environment is (not) called so" says that this isn't production.</summary>
    public static bool NameExcludesProduction(string environment, bool isCalledSo) =>
        s_productionNames.Contains(environment, StringComparer.OrdinalIgnoreCase)
            ? !isCalledSo
            : isCalledSo && (s_otherNames.Contains(environment, StringComparer.OrdinalIgnoreCase) || s_development.IsMatch(environment));

    /// <summary>What comes from this machine, and a setting in which somebody wrote a star: that somebody wants it so.</summary>
    public static bool IsAsked(string text) =>
        text is "*" or "127.0.0.1" or "::1" || text.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Startup classes of one environment, and factories that only design-time tools use.</summary>
    public static bool IsDevelopmentType(string name) =>
        name.IndexOf("Development", StringComparison.Ordinal) >= 0 || name.IndexOf("DesignTime", StringComparison.Ordinal) >= 0;

    private static Regex Pattern(string pattern, RegexOptions options = RegexOptions.None) =>
        new(pattern, options | RegexOptions.CultureInvariant);
}
