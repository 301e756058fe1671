using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>Everything that the engine logs. What goes well is logged at debug level: the verbs show it, and the journal keeps it.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Run {Run} ({Kind} of {Release} in {Environment}) begins or goes on under lock number {Fence}")]
    internal static partial void RunStarted(ILogger logger, string run, RunKind kind, Release release, string environment, long fence);

    [LoggerMessage(2, LogLevel.Debug, "Run {Run} ended: {State}")]
    internal static partial void RunEnded(ILogger logger, string run, RunState state);

    [LoggerMessage(3, LogLevel.Warning, "Run {Run}: step '{Step}' (way back: {IsWayBack}) failed at attempt {Attempt}: {Error}")]
    internal static partial void StepFailed(ILogger logger, string run, string step, bool isWayBack, int attempt, string error);

    [LoggerMessage(4, LogLevel.Warning, "The journal of {Environment} ended in the middle of a record that was never finished; that half was cut off")]
    internal static partial void TornTailCut(ILogger logger, string environment);
}
