using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>
/// Everything that the engine logs. What goes well is logged at debug level: the verbs show it, and the journal keeps it.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Run {Run} ({Kind} of {Release} in {Environment}) begins or goes on under lock number {Fence}")]
    internal static partial void RunStarted(ILogger logger, string run, RunKind kind, Release release, string environment, long fence);

    [LoggerMessage(2, LogLevel.Debug, "Run {Run} ended: {State}")]
    internal static partial void RunEnded(ILogger logger, string run, RunState state);

    [LoggerMessage(3, LogLevel.Warning, "Run {Run}: step '{Step}' (way back: {IsWayBack}) failed at attempt {Attempt}: {Error}")]
    internal static partial void StepFailed(ILogger logger, string run, string step, bool isWayBack, int attempt, string error);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "The journal of {Environment} ended in the middle of a record that was never finished; that half was cut off"
    )]
    internal static partial void TornTailCut(ILogger logger, string environment);

    [LoggerMessage(5, LogLevel.Information, "The configuration of {Environment} changed and was taken into use")]
    internal static partial void ConfigurationReloaded(ILogger logger, string environment);

    [LoggerMessage(
        6,
        LogLevel.Error,
        "The configuration of {Environment} changed and was refused; the last good one stays in use. {Faults}"
    )]
    internal static partial void ConfigurationRejected(ILogger logger, string environment, string faults);

    [LoggerMessage(7, LogLevel.Error, "A listener to configuration changes failed. {Exception}")]
    internal static partial void ConfigurationListenerFailed(ILogger logger, string exception);

    [LoggerMessage(8, LogLevel.Debug, "Secret {Name} was read from {Source} for {Component}")]
    internal static partial void SecretRead(ILogger logger, string name, string source, string component);

    [LoggerMessage(10, LogLevel.Warning, "Run {Run}: what step '{Step}' (way back: {IsWayBack}) threw at attempt {Attempt}: {Exception}")]
    internal static partial void StepThrew(ILogger logger, string run, string step, bool isWayBack, int attempt, string exception);

    [LoggerMessage(11, LogLevel.Warning, "Run {Run}: what the probe of step '{Step}' threw: {Exception}")]
    internal static partial void ProbeThrew(ILogger logger, string run, string step, string exception);

    [LoggerMessage(12, LogLevel.Error, "Run {Run} stopped: {Exception}")]
    internal static partial void RunStopped(ILogger logger, string run, string exception);

    [LoggerMessage(13, LogLevel.Warning, "Nothing was begun: {Exception}")]
    internal static partial void NotBegun(ILogger logger, string exception);

    [LoggerMessage(
        14,
        LogLevel.Warning,
        "Whoever watches the progress failed; the run goes on, and further failures are not logged: {Exception}"
    )]
    internal static partial void ProgressFailed(ILogger logger, string exception);

    [LoggerMessage(15, LogLevel.Warning, "{What} could not be disposed ({Type}); what was done with it stands")]
    internal static partial void NotDisposed(ILogger logger, string what, string type);

    [LoggerMessage(16, LogLevel.Warning, "Secret source {Source} failed: {Exception}")]
    internal static partial void SecretSourceFailed(ILogger logger, string source, string exception);

    [LoggerMessage(18, LogLevel.Warning, "Secret {Name} was taken from {Source}, as its registration allows: {Reason}")]
    internal static partial void SecretFallback(ILogger logger, string name, string source, string reason);

    [LoggerMessage(17, LogLevel.Warning, "Dependency {Dependency} could not be used: {Exception}")]
    internal static partial void DependencyThrew(ILogger logger, string dependency, string exception);

    [LoggerMessage(41, LogLevel.Warning, "Health check {Check} threw: {Exception}")]
    internal static partial void HealthCheckThrew(ILogger logger, string check, string exception);

    [LoggerMessage(44, LogLevel.Warning, "Health check {Check} is {State}: {Reason}")]
    internal static partial void HealthCheckDown(ILogger logger, string check, string state, string reason);

    [LoggerMessage(45, LogLevel.Information, "Health check {Check} is {State}")]
    internal static partial void HealthCheckChanged(ILogger logger, string check, string state);

    [LoggerMessage(46, LogLevel.Debug, "Health check {Check} is {State}, as it depends on {Causes}")]
    internal static partial void HealthCheckFollows(ILogger logger, string check, string state, string causes);

    [LoggerMessage(43, LogLevel.Warning, "Promotion gate {Gate} threw: {Exception}")]
    internal static partial void GateThrew(ILogger logger, string gate, string exception);

    [LoggerMessage(
        42,
        LogLevel.Warning,
        "Journal anchor {Anchor} did not keep how far the journal had come ({Reason}); it remembers the run before"
    )]
    internal static partial void AnchorNotKept(ILogger logger, string anchor, string reason);

    [LoggerMessage(9, LogLevel.Warning, "Secret source {Source} did not answer for {Name} ({Reason}); the last answer stays in use")]
    internal static partial void SecretStale(ILogger logger, string source, string name, string reason);

    [LoggerMessage(40, LogLevel.Warning, "Sealed file {File}: a proposal is ignored: {Reason}")]
    internal static partial void ProposalIgnored(ILogger logger, string file, string reason);

    [LoggerMessage(30, LogLevel.Warning, "The files of secrets could not be looked at ({Type}); they are looked at again in a moment")]
    internal static partial void SecretsWatchFailed(ILogger logger, string type);

    [LoggerMessage(51, LogLevel.Warning, "Receiver {Receiver} did not take a notice ({Reason}); it is told again later")]
    internal static partial void NoticeNotSent(ILogger logger, string receiver, string reason);

    [LoggerMessage(52, LogLevel.Warning, "Receiver {Receiver} did not take notice {Id} for a week ({Reason}); it is given up")]
    internal static partial void NoticeGivenUp(ILogger logger, string receiver, string id, string reason);

    [LoggerMessage(53, LogLevel.Warning, "Notices could not be sent ({Reason}); they are told later")]
    internal static partial void NoticesNotSent(ILogger logger, string reason);

    [LoggerMessage(
        54,
        LogLevel.Warning,
        "The schema is not looked after: the app was started by {Starter}, in a process that is not its own"
    )]
    internal static partial void GuardStandsAside(ILogger logger, string starter);

    [LoggerMessage(50, LogLevel.Warning, "The start waits for the schema: {Reason}")]
    internal static partial void WaitsForSchema(ILogger logger, string reason);

    [LoggerMessage(
        60,
        LogLevel.Warning,
        "{Request} was cut off: it was still under way {Seconds} s after the server stopped to take requests"
    )]
    internal static partial void RequestCutOff(ILogger logger, string request, double seconds);
}
