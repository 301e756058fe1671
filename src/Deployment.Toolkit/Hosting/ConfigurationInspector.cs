using System.Text;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Reference;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit;

/// <summary>
/// Looks into the host's configuration: what counts, where it comes from, how it differs from another state of it. No secret's value
/// ever leaves it. All that it changes is a pin, when somebody asks for that. A service of the host; safe to call from many threads.
/// </summary>
public sealed class ConfigurationInspector
{
    private readonly DeploymentPartsFactory _factory;
    private readonly IConfiguration _configuration;
    private readonly ConfigurationRecorder _recorder;
    private readonly ConfigurationStates _states;

    internal ConfigurationInspector(
        DeploymentPartsFactory factory,
        IConfiguration configuration,
        ConfigurationRecorder recorder,
        ConfigurationStates states
    ) => (_factory, _configuration, _recorder, _states) = (factory, configuration, recorder, states);

    /// <summary>The values that count, in the order of their keys.</summary>
    /// <param name="prefix">Only this key and those below it; <see langword="null"/> for all.</param>
    /// <param name="all">
    /// Also what nothing but the machine's variables or the command line sets. Values of variables that the app doesn't own are hidden:
    /// nobody knows what they hold.
    /// </param>
    /// <exception cref="DeploymentException">Nothing is set at or below the prefix.</exception>
    public IReadOnlyList<ConfigurationValue> Show(string? prefix = null, bool all = false)
    {
        var effective = EffectiveConfiguration.Of(_configuration);
        var values = Values(effective, prefix, all);
        return prefix is null || values.Count > 0 ? values : throw NotSet(prefix, effective);
    }

    /// <summary>Why a key, or everything below it, has the value that it has.</summary>
    /// <param name="key">The key, for example <c>Content:MaxItems</c>.</param>
    /// <returns>The values with everything that they shadow; none when the key is a member of options that nothing sets.</returns>
    /// <exception cref="DeploymentException">Nothing sets the key, and no options have such a member.</exception>
    public ConfigurationExplanation Explain(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var effective = EffectiveConfiguration.Of(_configuration);
        var values = Values(effective, key, all: true);
        var place = Owned.PlaceOf(key);
        if (values.Count == 0 && place is null)
            throw NotSet(key, effective);

        var layers = effective.Layers.Reverse().Select(static layer => layer.Source).Distinct(StringComparer.Ordinal).ToList();
        return new ConfigurationExplanation
        {
            Key = key,
            Values = values,
            Layers = layers,
            Member = place is null
                ? null
                : string.Join('.', place.Members.Select(static member => member.Name).Prepend(place.Registration.Type.Name)),
        };
    }

    /// <summary>
    /// Compares two states of the configuration. A state is named by a run's id or a verified release (as it was recorded) or by an
    /// environment (as its files are now; variables and the command line of this machine are none of theirs).
    /// </summary>
    /// <param name="from">The first.</param>
    /// <param name="to">The second.</param>
    /// <exception cref="DeploymentException">There is no state of such a name, or a file or journal cannot be read.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<ConfigurationComparison> CompareAsync(string from, string to, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentException.ThrowIfNullOrEmpty(to);
        return _states.CompareAsync(from, to, cancellationToken);
    }

    /// <summary>Compares what the live release was verified with, and what this host has now.</summary>
    /// <returns>The comparison; <see langword="null"/> when no release is verified in the host's environment.</returns>
    /// <exception cref="DeploymentException">The journal cannot be read.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ConfigurationComparison?> GetDriftAsync(CancellationToken cancellationToken = default) =>
        _states.Drift(await _factory.ReadLedgerAsync(_factory.Environment, cancellationToken).ConfigureAwait(false));

    /// <summary>Compares what a rollback pinned, which counts now, and what is set: what lifting the pin changes.</summary>
    /// <returns>The comparison; <see langword="null"/> when nothing is pinned.</returns>
    /// <exception cref="DeploymentException">The journal cannot be read.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<ConfigurationComparison?> GetPinnedAsync(CancellationToken cancellationToken = default) =>
        new ConfigurationUnpin(_factory, _recorder).CompareAsync(_configuration, cancellationToken);

    /// <summary>
    /// Lifts what a rollback pinned, so that the host's environment has its configuration as it is set from the next start on.
    /// </summary>
    /// <param name="reason">Why; kept in the journal.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded; refused when nothing is pinned or a run is not finished.</returns>
    public Task<DeploymentResult> UnpinAsync(string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return DeploymentGuard.RunAsync(
            _factory,
            environment => new ConfigurationUnpin(_factory, _recorder).RunAsync(environment, reason, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>
    /// Lays the files of several environments beside each other. A key that is missing in one of them or has another value is at fault
    /// unless the difference is declared; so is a secret that a protected environment shares with another.
    /// </summary>
    /// <param name="environments">Two or more; none for all that are declared.</param>
    /// <exception cref="DeploymentException">An environment is not declared, there are fewer than two, or a file cannot be
    /// read.</exception>
    public ConfigurationParity GetParity(IReadOnlyList<string> environments)
    {
        ArgumentNullException.ThrowIfNull(environments);
        var graph = _factory.Model.Environments;
        var chosen = environments.Count == 0 ? graph.All : [.. environments.Select(graph.Get).Distinct()];
        if (chosen.Count < 2)
            throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                "Parity needs two environments or more. Name them, for example with 'deploy config parity Staging Production'."
            );

        return new ParityReport(_states, _recorder.Values, _factory.Model.Differences).Of(chosen);
    }

    /// <summary>
    /// Writes <c>appsettings.template.jsonc</c>, settings with comments to begin from, and <c>appsettings.schema.json</c>, by which editors
    /// complete and check settings, into the content root. Comments come from the XML documentation beside the app's assemblies.
    /// </summary>
    /// <param name="force">Whether to replace files that are there.</param>
    /// <param name="cancellationToken">Cancels until the first file is renamed into place.</param>
    /// <returns>The files.</returns>
    /// <exception cref="DeploymentException">A file is there or can't be written, or no section is registered.</exception>
    public async Task<IReadOnlyList<string>> WriteTemplateAsync(bool force, CancellationToken cancellationToken = default)
    {
        var template = Path.Combine(_factory.ContentRoot, "appsettings.template.jsonc");
        var schema = Path.Combine(_factory.ContentRoot, "appsettings.schema.json");
        var texts = new OptionsFiles(Owned, AppContext.BaseDirectory).Render(Path.GetFileName(schema));
        if (!force && new[] { template, schema }.FirstOrDefault(File.Exists) is { } there)
            throw DeploymentException.Refused(
                Codes.FileNotWritten,
                $"File '{there}' is there already. Nothing was written. Keep it, or replace both files with 'deploy config init --force'."
            );

        FileRefusal.EnsureWritable(template);
        FileRefusal.EnsureWritable(schema);
        await FileRefusal
            .WriteAsync(template, () => DurableFile.WriteAsync(template, Encoding.UTF8.GetBytes(texts.Template), cancellationToken))
            .ConfigureAwait(false);
        await FileRefusal
            .WriteAsync(
                schema,
                () => DurableFile.WriteAsync(schema, Encoding.UTF8.GetBytes(texts.Schema), cancellationToken),
                $"'{template}' is there, for which the command wants --force."
            )
            .ConfigureAwait(false);
        return [template, schema];
    }

    /// <summary>
    /// A page of Markdown about the sections that the app binds: key, type, default, rules, which environments' files set it.
    /// </summary>
    /// <exception cref="DeploymentException">No section is registered, or a file cannot be read.</exception>
    public string WriteReference()
    {
        var files = _factory.Model.Environments.All.Select(environment => (environment.Name, Values: Keys(environment))).ToList();
        return new OptionsFiles(Owned, AppContext.BaseDirectory).Page(key =>
        {
            var setting = files.Where(side => side.Values.Any(set => Matches(set, key))).Select(static side => side.Name).ToList();
            return setting.Count == files.Count ? "all" : string.Join(", ", setting);
        });
    }

    private List<string> Keys(DeploymentEnvironment environment) =>
        [.. _recorder.Values.Of(_states.FilesOf(environment)).Select(static value => value.Key)];

    // A star in a described key stands for an element's index or name, and a list is set by its elements.
    private static bool Matches(string key, string described)
    {
        var (set, wanted) = (key.Split(':'), described.Split(':'));
        return set.Length >= wanted.Length
            && wanted
                .Zip(set)
                .All(static pair => pair.First == "*" || string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    private OwnedSections Owned => _factory.Model.Options;

    private List<ConfigurationValue> Values(EffectiveConfiguration effective, string? prefix, bool all) =>
        [
            .. _recorder
                .Values.Of(effective, all)
                .Where(value => prefix is null || IsWithin(value.Key, prefix))
                .Select(value => ValueDescriber.Describe(value, effective)),
        ];

    private DeploymentException NotSet(string key, EffectiveConfiguration effective)
    {
        var known = _recorder.Values.Of(effective).Select(static value => value.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var value in known.ToList())
        {
            for (var colon = value.LastIndexOf(':'); colon > 0; colon = value.LastIndexOf(':', colon - 1))
                known.Add(value[..colon]);
        }

        return DeploymentException.Refused(
            Codes.ConfigurationKeyNotSet,
            $"Key '{key}' is set nowhere in {_factory.Environment.Name}.{Suggestion.Sentence(key, known)} 'deploy config show --all' "
                + $"lists every key."
        );
    }

    private static bool IsWithin(string key, string prefix) =>
        key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (key.Length == prefix.Length || key[prefix.Length] == ':');
}
