using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What .NET's logging and Serilog read of their own sections, which no code binds to a type that could tell.</summary>
internal static class KnownShape
{
    private static readonly string[] s_logging = ["LogLevel"];

    private static readonly string[] s_serilog =
    [
        "Using",
        "MinimumLevel",
        "LevelSwitches",
        "FilterSwitches",
        "WriteTo",
        "AuditTo",
        "Enrich",
        "Destructure",
        "Filter",
        "Properties",
    ];

    private static readonly string[] s_minimumLevel = ["Default", "Override", "ControlledBy"];

    private static readonly string[] s_logLevels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];

    private static readonly string[] s_serilogLevels = ["Verbose", "Debug", "Information", "Warning", "Error", "Fatal"];

    /// <summary>The key that was meant; <see langword="null"/> where a key is known, or may be anything.</summary>
    public static string? Meant(Setting setting)
    {
        var names = setting.Path.Split(':');
        var known =
            // A provider's section may have keys of its own: only a slip of the one that all of them have is a slip.
            Is(names[0], "Logging") && names.Length is 2 or 3 && !(names.Length == 3 && Is(names[1], "LogLevel"))
                ? s_logging
            : Is(names[0], "Serilog") && names.Length == 2 ? s_serilog
            : Is(names[0], "Serilog") && names.Length == 3 && Is(names[1], "MinimumLevel") ? s_minimumLevel
            : null;
        return known is null || known.Contains(setting.Name, StringComparer.OrdinalIgnoreCase)
            ? null
            : Spelling.Closest(setting.Name, known);
    }

    /// <summary>The levels that a value is one of; <see langword="null"/> where it isn't a level.</summary>
    public static IReadOnlyList<string>? Levels(string path)
    {
        var names = path.Split(':');
        if (Is(names[0], "Logging"))
        {
            return names.Length > 2 && Is(names[names.Length - 2], "LogLevel") ? s_logLevels : null;
        }

        return
            Is(names[0], "Serilog")
            && names.Length > 1
            && Is(names[1], "MinimumLevel")
            && (names.Length == 2 || (names.Length == 3 && Is(names[2], "Default")) || (names.Length >= 4 && Is(names[2], "Override")))
            ? s_serilogLevels
            : null;
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
