using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1007: an array of an environment's file that is shorter than the one it overrides, whose last elements stay.</summary>
public sealed class ArrayOverrideAnalyzer : SettingsRule
{
    internal const string Id = "DTK1007";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "An array override leaves elements of the base",
        "'{0}' has {1} of the {2} elements that {3} gives it: arrays merge by index, so the last {4} stay in effect",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Configuration has no arrays, only keys 0, 1, 2, …; a shorter array replaces the first ones, and an empty one none.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        if (
            file.Environment is null
            || set.Environments.FirstOrDefault(e => string.Equals(e.Environment, file.Environment, StringComparison.OrdinalIgnoreCase))
                is not { } effective
        )
        {
            yield break;
        }

        var below = effective.Layers.TakeWhile(l => l != file).ToList();
        foreach (var setting in file.Root.Descendants().Where(s => s.IsArray))
        {
            if (Longest(setting.Path, below) is not var (owner, overridden) || overridden.Children.Count <= setting.Children.Count)
            {
                continue;
            }

            var left = overridden.Children.Count - setting.Children.Count;
            yield return new Finding(
                Descriptor,
                file,
                setting.KeySpan,
                setting.Path,
                [
                    setting.Path,
                    Number(setting.Children.Count),
                    Number(overridden.Children.Count),
                    SettingsFile.FileName(owner.Path),
                    Number(left),
                ]
            )
            {
                Severity = file.IsForDevelopment ? DiagnosticSeverity.Info : null,
                Related = [owner.Locate(overridden.KeySpan)],
            };
        }
    }

    // Of the weaker files, the first of those that have most.
    private static (SettingsFile Owner, Setting Array)? Longest(string path, List<SettingsFile> files)
    {
        (SettingsFile Owner, Setting Array)? longest = null;
        foreach (var file in files)
        {
            if (
                file.Root.Find(path) is { IsArray: true } array
                && (longest is null || array.Children.Count > longest.Value.Array.Children.Count)
            )
            {
                longest = (file, array);
            }
        }

        return longest;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
