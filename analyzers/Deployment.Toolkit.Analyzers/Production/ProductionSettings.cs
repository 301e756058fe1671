using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What of a file's values counts in production.</summary>
internal static class ProductionSettings
{
    /// <summary>The scalars of the file that production reads; none of a project of tests.</summary>
    public static IEnumerable<Setting> Of(SettingsFile file, SettingsSet set, SettingsModel model) =>
        model.IsTestProject || (file.Environment is not null && !set.Production.Any(p => p.Layers.Contains(file)))
            ? []
            : file.Root.Descendants().Where(s => s.IsScalar && set.IsEffectiveInProduction(file, s));

    public static bool IsTrue(Setting setting) => setting.Value!.Text.Equals("true", StringComparison.OrdinalIgnoreCase);

    public static bool IsFalse(Setting setting) => setting.Value!.Text.Equals("false", StringComparison.OrdinalIgnoreCase);
}
