using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Deployment.Toolkit.Options;

/// <summary>
/// Holds the snapshot that is in use. A changed configuration is bound and judged as a whole beside it and takes its place only when it is
/// good; otherwise the last good one stays.
/// </summary>
[UnconditionalSuppressMessage(
    "Trimming",
    "IL2026",
    Justification = "Only AddValidatedOptions puts something in, and it carries the warning."
)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only AddValidatedOptions puts something in, and it carries the warning.")]
internal sealed class ConfigurationStore : IDisposable
{
    private const string PhaseKey = "Deployment:Phase";

    private readonly OwnedSections _owned;
    private readonly IConfiguration _configuration;
    private readonly Func<EnvironmentGraph> _graph;
    private readonly IHostEnvironment _host;
    private readonly IServiceProvider _services;
    private readonly SecretReading _secrets;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<DeploymentMessage, DeploymentMessage> _redact;
    private readonly Lock _gate = new();
    private readonly Lock _watchGate = new();

    // It flows: a validator may do its work on another thread.
    private readonly AsyncLocal<SnapshotBuilder?> _building = new();
    private IDisposable? _watch;
    private volatile ConfigurationSnapshot? _current;
    private volatile ConfigurationSnapshot? _rejected;

    internal ConfigurationStore(
        OwnedSections owned,
        IConfiguration configuration,
        Func<EnvironmentGraph> graph,
        IHostEnvironment host,
        IServiceProvider services,
        SecretReading secrets,
        TimeProvider time,
        ILogger logger,
        Func<DeploymentMessage, DeploymentMessage> redact
    ) =>
        (_owned, _configuration, _graph, _host, _services, _secrets, _time, _logger, _redact) = (
            owned,
            configuration,
            graph,
            host,
            services,
            secrets,
            time,
            logger,
            redact
        );

    /// <summary>Called after a changed configuration was taken into use or refused; the flag tells which. Lock it to change it.</summary>
    internal List<Action<ConfigurationSnapshot, bool>> Listeners { get; } = [];

    /// <summary>The snapshot in use.</summary>
    /// <exception cref="DeploymentException">It is asked for by what it is being made with.</exception>
    internal ConfigurationSnapshot Current =>
        _current
        ?? (
            _secrets.AskingSource() is { } source ? throw NeedsAll(source)
            : Building is null ? LoadFirst()
            : throw NeedsAll("a rule or validator")
        );

    /// <summary>A newer state of the configuration that was refused, while <see cref="Current"/> stays in use.</summary>
    internal ConfigurationSnapshot? Rejected => _rejected;

    internal IReadOnlyList<OptionsRegistration> Registrations => _owned.Registrations;

    internal OptionsRegistration? Find(Type type, string name) => _owned.Find(type, name);

    /// <summary>The options as they are in use.</summary>
    /// <param name="registration">Which.</param>
    /// <param name="isInUse">Whether they are those of the snapshot in use; otherwise they are of one that is being made, and good for the
    /// moment alone.</param>
    /// <param name="scope">A scope's own snapshot.</param>
    /// <exception cref="OptionsValidationException">They are not valid.</exception>
    internal object Get(OptionsRegistration registration, out bool isInUse, ScopeSnapshot? scope = null)
    {
        isInUse = false;
        var source = _secrets.AskingSource();
        if (Building is { } building && (source is null || building.IsForSource))
            return building.Get(registration) ?? throw Invalid(registration, [.. building.FaultsOf(registration).Select(_redact)]);
        if (
            source is not null
            && _current?.FaultsOf(registration.Index).Any(static fault => fault.Severity == MessageSeverity.Error) != false
        )
            return GetForSource(registration, source);

        isInUse = true;
        return From(scope?.Snapshot ?? Current, registration);
    }

    /// <summary>Has the configuration bound and watched for changes; whoever it is being bound with has it watched alone.</summary>
    internal void EnsureWatched()
    {
        if (_secrets.AskingSource() is null && Building is null)
            _ = Current;
        else
            Watch();
    }

    private void Watch()
    {
        lock (_watchGate)
            _watch ??= ChangeToken.OnChange(_configuration.GetReloadToken, Reload);
    }

    internal static object From(ConfigurationSnapshot snapshot, OptionsRegistration registration)
    {
        var faults = snapshot.FaultsOf(registration.Index);
        for (var i = 0; i < faults.Count; i++)
        {
            if (faults[i].Severity == MessageSeverity.Error)
                throw Invalid(registration, faults);
        }

        return snapshot[registration.Index]!;
    }

    /// <summary>Binds and judges the configuration as it is now, whatever is in use.</summary>
    internal IReadOnlyList<DeploymentMessage> Check(ConfigurationPhase phase) => Take(phase).Faults;

    public void Dispose() => _watch?.Dispose();

    private SnapshotBuilder? Building => _building.Value is { IsOver: false } building ? building : null;

    private static DeploymentException NeedsAll(string who) =>
        DeploymentException.Refused(
            Codes.SecretSourceNeedsSecrets,
            $"The whole configuration is asked for by {who}, and is bound only after that. Take the one options type that is needed "
                + $"there, as IOptions<T>."
        );

    private static OptionsValidationException Invalid(OptionsRegistration registration, IReadOnlyList<DeploymentMessage> faults) =>
        new(
            registration.Name,
            registration.Type,
            faults.Where(static fault => fault.Severity == MessageSeverity.Error).Select(static fault => fault.ToString())
        );

    private ConfigurationSnapshot LoadFirst()
    {
        lock (_gate)
        {
            if (_current is { } current)
                return current;

            Watch();
            return _current = Take(Phase);
        }
    }

    /// <summary>
    /// Binds anew because something other than the configuration changed: what references stand for. Nothing before the first use.
    /// </summary>
    internal void Refresh()
    {
        if (_current is not null)
            Reload();
    }

    private void Reload()
    {
        lock (_gate)
        {
            // Nothing is in use yet; whoever asks first binds the newest.
            if (_current is null)
                return;

            var candidate = Take(Phase);
            if (candidate.IsGood || _current is { IsGood: false })
            {
                _current = candidate;
                _rejected = null;
                Log.ConfigurationReloaded(_logger, _host.EnvironmentName);
            }
            else
            {
                _rejected = candidate;
                Log.ConfigurationRejected(
                    _logger,
                    _host.EnvironmentName,
                    string.Join(
                        System.Environment.NewLine,
                        candidate.Faults.Select(fault => NamedCommands.Complete(fault, _host.EnvironmentName))
                    )
                );
            }

            Raise(candidate, _rejected is null);
        }
    }

    // An exception out of a listener would end the thread that watches the files.
    private void Raise(ConfigurationSnapshot candidate, bool isUsed)
    {
        Action<ConfigurationSnapshot, bool>[] listeners;
        lock (Listeners)
            listeners = [.. Listeners];
        foreach (var listener in listeners)
        {
            try
            {
                listener(candidate, isUsed);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.ConfigurationListenerFailed(_logger, _redact(new DeploymentMessage(Codes.ConfigurationInvalid, e.ToString())).Text);
            }
        }
    }

    private ConfigurationPhase Phase =>
        Enum.TryParse<ConfigurationPhase>(_configuration[PhaseKey], ignoreCase: true, out var phase) ? phase : ConfigurationPhase.Start;

    private ConfigurationSnapshot Take(ConfigurationPhase phase) =>
        Build(
            phase,
            isForSource: false,
            (builder, graph) =>
            {
                using var pass = _secrets.BeginPass(phase == ConfigurationPhase.Build ? [] : builder.References());
                return builder.Build(_configuration, graph, _time.GetUtcNow()).Masked(_redact);
            }
        );

    // What a source needs is bound by itself, before and without any secret of such a source.
    private object GetForSource(OptionsRegistration registration, string source) =>
        Build(
            Phase,
            isForSource: true,
            (builder, _) =>
            {
                var options = builder.Get(registration);
                builder.Judge(registration);
                var faults = builder.FaultsOf(registration).Where(static fault => fault.Severity == MessageSeverity.Error).ToList();
                return options is not null && faults.Count == 0
                    ? options
                    : throw DeploymentException.Refused(
                        Codes.SecretSourceNeedsSecrets,
                        $"Secret source {source} takes options {registration.Type.Name} of section '{registration.Section}', which must "
                            + $"be valid before a source is asked: {string.Join(" ", faults.Select(fault => _redact(fault).Text))}"
                    );
            }
        );

    private TResult Build<TResult>(ConfigurationPhase phase, bool isForSource, Func<SnapshotBuilder, EnvironmentGraph, TResult> work)
    {
        var graph = _graph();
        var environment = graph.Find(_host.EnvironmentName) ?? new DeploymentEnvironment(_host.EnvironmentName);
        // Rules and validators may be scoped services.
        var scope = _services.CreateAsyncScope();
        var builder = new SnapshotBuilder(_owned, LayerReader.Read(_configuration), scope.ServiceProvider, environment, phase, _secrets)
        {
            IsForSource = isForSource,
        };
        var outer = _building.Value;
        _building.Value = builder;
        try
        {
            return work(builder, graph);
        }
        finally
        {
            builder.IsOver = true;
            _building.Value = outer;
            scope.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
