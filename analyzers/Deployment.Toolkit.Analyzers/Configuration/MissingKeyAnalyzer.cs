using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1003: a required key that no file gives in some environment.</summary>
public sealed class MissingKeyAnalyzer : SettingsRule
{
    internal const string Id = "DTK1003";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A required key is missing in an environment",
        "Required key '{0}' is missing in {1}: no settings file gives it there",
        Rules.Configuration,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Environment variables, a vault or an orchestrator may still supply it; say by external_providers what they do.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    private const int MaxDepth = 6;

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        if (!set.IsWhole)
        {
            yield break;
        }

        var said = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var bound in model.Schema.Sections)
        {
            foreach (var path in Required(bound.Path, model.Schema.ShapeOf(bound.Type), set, model.Schema, 0))
            {
                // A key that no environment has is given by something else, as often as not; but then its section would not stand here.
                var missing = set.Environments.Where(e => !e.Has(path)).ToList();
                if (missing.Count == 0 || !said.Add(path) || Place(path, missing[0], set) is not { } place || place.File != file)
                {
                    continue;
                }

                yield return new Finding(
                    Descriptor,
                    file,
                    place.At.KeySpan,
                    path,
                    [path, string.Join(", ", missing.Select(e => e.Environment))]
                )
                {
                    Section = bound.Path,
                    MayBeSupplied = true,
                    FixTitle = $"Add '{path}'",
                    Edits =
                    [
                        .. Lacking(path, missing, set)
                            .Select(f => JsonWriter.Add(f, path, "\"\""))
                            .Where(e => e is not null)
                            .Select(e => e!),
                    ],
                };
            }
        }
    }

    // Of sections that some environment has: what is absent as a whole may be optional.
    private static IEnumerable<string> Required(string path, Shape shape, SettingsSet set, ConfigurationSchema schema, int depth)
    {
        if (depth > MaxDepth || !set.Files.Any(f => f.Root.Find(path)?.Children.Count > 0))
        {
            yield break;
        }

        foreach (var member in shape.Members)
        {
            var key = PathReader.Join(path, member.Name);
            if (member.IsRequired)
            {
                yield return key;
            }

            if (schema.ShapeOf(member.Type) is { Kind: ShapeKind.Object } inner)
            {
                foreach (var deeper in Required(key, inner, set, schema, depth + 1))
                {
                    yield return deeper;
                }
            }
        }
    }

    // Each environment's file, unless one lies under all of them.
    private static List<SettingsFile> Lacking(string path, List<EffectiveSettings> missing, SettingsSet set)
    {
        var files = missing.Select(m => Place(path, m, set)?.File).Where(f => f is not null).Select(f => f!).Distinct().ToList();
        return files.Find(f => missing.All(m => m.Layers.Contains(f))) is { } common ? [common] : files;
    }

    // The file of the first environment that lacks it, when it has the section; else the weakest file that has.
    private static (SettingsFile File, Setting At)? Place(string path, EffectiveSettings missing, SettingsSet set)
    {
        var section = path.Substring(0, Math.Max(0, path.LastIndexOf(':')));
        var own = set.Files.FirstOrDefault(f => string.Equals(f.Environment, missing.Environment, StringComparison.OrdinalIgnoreCase));
        var candidates = new[] { own }.Concat(missing.Layers).Concat(set.Files);
        foreach (var file in candidates)
        {
            if (file?.Root.Find(section) is { Parent: not null, Children.Count: > 0 } at)
            {
                return (file, at);
            }
        }

        return null;
    }
}
