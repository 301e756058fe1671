using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The settings files of a compilation beside what its code asks of them.</summary>
internal sealed class SettingsModel
{
    // One for all rules of a run; an edit of a file gives new options beside the same compilation.
    private static readonly ConditionalWeakTable<Compilation, ConditionalWeakTable<AnalyzerOptions, SettingsModel>> s_models = new();

    private readonly ConcurrentDictionary<SettingsFile, SchemaWalk> _walks = new();
    private readonly Dictionary<string, SettingsSet> _sets = new(StringComparer.Ordinal);
    private readonly DeclaredEnvironments? _declared;
    private readonly Lazy<ConfigurationSchema> _schema;

    private SettingsModel(Compilation compilation, ConfigurationApi api, IEnumerable<SettingsFile> files)
    {
        Api = api;
        IsTestProject = TestProject.Is(compilation);
        _declared = EnvironmentApi.Find(compilation) is { } environments ? new DeclaredEnvironments(compilation, environments) : null;
        _schema = new Lazy<ConfigurationSchema>(() => ConfigurationSchema.Of(compilation, api));
        foreach (var folder in files.GroupBy(f => f.Directory, StringComparer.Ordinal))
        {
            _sets.Add(folder.Key, new SettingsSet(folder, Inherited));
        }
    }

    public ConfigurationApi Api { get; }

    /// <summary>Whether nothing of it ever runs in production.</summary>
    public bool IsTestProject { get; }

    public IEnumerable<SettingsSet> Sets => _sets.Values;

    public ConfigurationSchema Schema => _schema.Value;

    /// <summary>Whether anything was found to judge.</summary>
    public bool HasFiles => _sets.Count > 0;

    /// <summary><see langword="null"/> when the compilation has nothing of configuration.</summary>
#pragma warning disable RS1012 // It asks the context only for what the driver keeps of each file.
    public static SettingsModel? Of(CompilationStartAnalysisContext context)
    {
        var models = s_models.GetOrCreateValue(context.Compilation);
        if (models.TryGetValue(context.Options, out var known))
        {
            return known;
        }

        if (ConfigurationApi.Find(context.Compilation) is not { } api)
        {
            return null;
        }

        var files = new List<SettingsFile>();
        foreach (var file in context.Options.AdditionalFiles)
        {
            if (
                SettingsFile.IsSettings(file.Path)
                && context.TryGetValue(file, SettingsFile.Provider, out var settings)
                && settings is not null
            )
            {
                files.Add(settings);
            }
        }

        // A project may name a file twice.
        var model = new SettingsModel(context.Compilation, api, files.Distinct());
        return models.GetValue(context.Options, _ => model);
    }
#pragma warning restore RS1012

    /// <summary>The file beside the types that its sections are bound to.</summary>
    public SchemaWalk WalkOf(SettingsFile file) => _walks.GetOrAdd(file, f => SchemaWalk.Of(f.Root, Schema));

    public SettingsSet SetOf(SettingsFile file) => _sets[file.Directory];

    public SettingsFile? FileAt(string path) => Sets.SelectMany(s => s.Files).FirstOrDefault(f => f.Path == path);

    /// <summary>The environments that the app declares; <see langword="null"/> when it declares none, or computes them.</summary>
    public IReadOnlyCollection<string>? DeclaredNames(CancellationToken cancellationToken) =>
        _declared?.Names(cancellationToken) is { Count: > 0 } names ? names : null;

    private IReadOnlyList<string> Inherited(string environment) => _declared?.Inherited(environment) ?? [];
}
