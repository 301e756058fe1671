using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// One environment's files, laid over each other as configuration does: the last value of a key wins, arrays merge by index.
/// </summary>
/// <param name="Environment">Its name, as a file or a declaration spells it.</param>
/// <param name="Layers">Weakest first.</param>
internal sealed record EffectiveSettings(string Environment, ImmutableArray<SettingsFile> Layers)
{
    /// <summary>The scalar that an app reads for a key, with the file that gives it.</summary>
    public (SettingsFile File, Setting Setting)? Value(string path)
    {
        for (var i = Layers.Length - 1; i >= 0; i--)
        {
            if (Layers[i].Root.Find(path) is { Value.Kind: not (JsonKind.Object or JsonKind.Array or JsonKind.Missing) } setting)
            {
                return setting.IsScalar ? (Layers[i], setting) : null;
            }
        }

        return null;
    }

    /// <summary>Whether a file has the key, as a value or as a section.</summary>
    public bool Has(string path) => Layers.Any(l => l.Root.Find(path) is { Value: not { Kind: JsonKind.Null } });

    /// <summary>Whether this very setting is the one that counts.</summary>
    public bool IsEffective(SettingsFile file, Setting setting) =>
        Layers.Contains(file) && Value(setting.Path) is var (winner, found) && winner == file && found == setting;

    /// <summary>All scalars that count.</summary>
    public IEnumerable<(SettingsFile File, Setting Setting)> Values() =>
        from file in Layers
        from setting in file.Root.Descendants()
        where setting.IsScalar && IsEffective(file, setting)
        select (file, setting);
}

/// <summary>The settings files of one folder, and what they make of each environment.</summary>
internal sealed class SettingsSet
{
    public SettingsSet(IEnumerable<SettingsFile> files, Func<string, IReadOnlyList<string>> inherited)
    {
        Files = [.. files.OrderBy(f => f.Environment is not null).ThenBy(f => f.Path, StringComparer.Ordinal)];
        var names = Files.Where(f => f.Environment is not null).Select(f => f.Environment!).ToList();
        if (!names.Any(EnvironmentNames.IsProduction))
        {
            names.Add(EnvironmentNames.Production);
        }

        Environments = [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(name => Layer(name, inherited))];
        Production = [.. Environments.Where(e => EnvironmentNames.IsProduction(e.Environment))];
    }

    public ImmutableArray<SettingsFile> Files { get; }

    /// <summary>Those that have a file, and production, which has the base file at least.</summary>
    public ImmutableArray<EffectiveSettings> Environments { get; }

    /// <summary>Where real users are.</summary>
    public ImmutableArray<EffectiveSettings> Production { get; }

    /// <summary>
    /// Whether production has a file of its own: without one, what counts there comes from somewhere that nobody sees here.
    /// </summary>
    public bool HasFileOfProduction => Files.Any(f => f.Environment is { } environment && EnvironmentNames.IsProduction(environment));

    /// <summary>Whether all files could be read, so that what none of them has is truly absent.</summary>
    public bool IsWhole => Files.All(f => f.Json.Errors.IsEmpty);

    public bool IsEffectiveInProduction(SettingsFile file, Setting setting)
    {
        foreach (var environment in Production)
        {
            if (environment.IsEffective(file, setting))
            {
                return true;
            }
        }

        return false;
    }

    private EffectiveSettings Layer(string environment, Func<string, IReadOnlyList<string>> inherited)
    {
        var names = inherited(environment).Concat([environment]);
        return new EffectiveSettings(
            environment,
            [
                .. Files.Where(f => f.Environment is null),
                .. names.SelectMany(name => Files.Where(f => string.Equals(f.Environment, name, StringComparison.OrdinalIgnoreCase))),
            ]
        );
    }
}
