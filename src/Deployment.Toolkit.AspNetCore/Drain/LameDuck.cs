using System.Collections.Concurrent;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.AspNetCore.Drain;

/// <summary>Knows what the app serves at the moment, and leads it to its end.</summary>
internal sealed class LameDuck(IOptions<LameDuckOptions> options, ILoggerFactory logs, TimeProvider time)
    : IHostedLifecycleService,
        IDisposable
{
    // Between being told to end and being cut off.
    private static readonly TimeSpan LastMoments = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<ServedRequest, byte> _served = new();
    private readonly ILogger _logger = logs.CreateLogger("Deployment.Toolkit");
    private readonly CancellationTokenSource _over = new();
    private volatile bool _closes;
    private Task _end = Task.CompletedTask;

    internal LameDuckOptions Options => options.Value;

    /// <summary>Whether clients are told to open other connections.</summary>
    internal bool Closes => _closes;

    internal TimeSpan Longest => Options.AcceptFor + Options.CloseFor + Options.DrainLimit + LastMoments;

    internal void Enter(ServedRequest request) => _served.TryAdd(request, 0);

    internal void Leave(ServedRequest request) => _served.TryRemove(request, out _);

    // The server stops after this, whatever else the host waits for.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Options.AcceptFor, time, cancellationToken).ConfigureAwait(false);
            _closes = Options.CloseFor > TimeSpan.Zero;
            await Task.Delay(Options.CloseFor, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host's own limit is over, which the app may have set lower later on.
        }

        _end = EndAsync();
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await _end.ConfigureAwait(false);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _over.Dispose();

    private async Task EndAsync()
    {
        try
        {
            await Task.Delay(Options.DrainLimit, time, _over.Token).ConfigureAwait(false);
            var told = _served.Keys;
            await Task.WhenAll(told.Select(static request => request.TellToEndAsync())).ConfigureAwait(false);
            await Task.Delay(LastMoments / 2, time, _over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Everything has ended by itself.
            return;
        }

        foreach (var request in _served.Keys)
        {
            Telemetry.Count(Telemetry.DrainsAborted);
            Log.RequestCutOff(_logger, request.Name, Options.DrainLimit.TotalSeconds);
            request.CutOff();
        }
    }
}
