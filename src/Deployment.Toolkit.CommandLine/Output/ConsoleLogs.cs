using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Sends what the app logs to the console to standard error while a verb runs: standard output holds the result alone.</summary>
internal static class ConsoleLogs
{
    internal static void ToStandardError(IServiceProvider services)
    {
        if (services.GetService<IOptionsMonitor<ConsoleLoggerOptions>>() is not { } options)
            return;

        options.CurrentValue.LogToStandardErrorThreshold = LogLevel.Trace;
        // A change of an appsettings file makes the options anew.
        _ = options.OnChange(static changed => changed.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
