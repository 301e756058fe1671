using Deployment.Toolkit.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Preflight;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>Gives an app's own binary the <c>deploy …</c> verbs.</summary>
public static class DeploymentCommandLineExtensions
{
    /// <summary>
    /// Runs the verb when the arguments begin with <c>deploy</c>, and the app otherwise. The host is disposed at the end either way.
    /// </summary>
    /// <param name="host">The host, built from the same arguments: <c>CreateBuilder(args)</c> reads <c>--environment</c>.</param>
    /// <param name="args">The process's arguments.</param>
    /// <returns>The exit code: 0 done, 1 failed or rolled back, 2 refused (a verb, or the app's start), 3 needs attention, 130 cancelled;
    /// when the app ran, what it set as <see cref="System.Environment.ExitCode"/>, by default 0.</returns>
    public static async Task<int> RunDeploymentAsync(this IHost host, string[] args)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(args);
        if (args is not ["deploy", .. var rest])
        {
            var own = host.Services.GetRequiredService<IHostEnvironment>();
            // Whoever has started the app to test it is to see why it does not start: an exit code goes nowhere there.
            var isGuest = AppAssembly.StarterOf(own.ApplicationName) is not null;
            if (await RefuseStartAsync(host, args, isGuest).ConfigureAwait(false) is { } refused)
                return refused;

            var environment = own.EnvironmentName;
            var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
            var (started, stopping) = (lifetime.ApplicationStarted, lifetime.ApplicationStopping);
            try
            {
                await host.RunAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested && !started.IsCancellationRequested)
            {
                // Told to end while it still waited, for its schema say, it does: the runtime would end it as crashed.
            }
            catch (DeploymentException e) when (!started.IsCancellationRequested && !isGuest)
            {
                return await RefuseAsync(
                        e.Outcome,
                        [.. e.Messages.Select(message => NamedCommands.Complete(message, environment))],
                        "The app was not started."
                    )
                    .ConfigureAwait(false);
            }

            // An app says by it that it failed; a value returned from Main would hide that.
            return System.Environment.ExitCode;
        }

        StandardOutput.Reserve();
        using var signals = new TerminationSignals();
        using var terminal = Terminal.OfProcess();
        try
        {
            return await new VerbRunner(host.Services, terminal).RunAsync(rest, signals.Token).ConfigureAwait(false);
        }
        finally
        {
            // The console logger writes from a queue that only its disposal waits for.
            await DisposeAsync(host).ConfigureAwait(false);
            StandardOutput.Release();
        }
    }

    // The report of 'deploy check', instead of an exception that the host logs and the runtime prints once more with its stack.
    private static async Task<int?> RefuseStartAsync(IHost host, string[] args, bool isGuest)
    {
        if (MisplacedVerb.Find(args) is { } misplaced)
        {
            var refused = await RefuseAsync(DeploymentOutcome.Refused, [misplaced], "The app was not started.").ConfigureAwait(false);
            await DisposeAsync(host).ConfigureAwait(false);
            return refused;
        }

        if (host.Services.GetService<DeploymentModel>() is null || StartFindings.Errors(host.Services) is not { Count: > 0 } faults)
            return null;
        if (isGuest)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var code = await RefuseAsync(
                DeploymentOutcome.Refused,
                faults,
                $"{Format.Count(faults.Count, "fault")} found; the app was not started."
            )
            .ConfigureAwait(false);
        await DisposeAsync(host).ConfigureAwait(false);
        return code;
    }

    private static async Task<int> RefuseAsync(DeploymentOutcome outcome, IReadOnlyList<DeploymentMessage> messages, string headline)
    {
        using var terminal = Terminal.OfProcess();
        var report = new VerbReport(outcome, null, messages) { Headline = headline };
        await terminal.Error.WriteAsync(TextReport.Render(report, terminal with { OutHasColor = terminal.HasColor })).ConfigureAwait(false);
        return report.ExitCode;
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            host.Dispose();
    }
}
