using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Platform;

/// <summary>Turns the first Ctrl+C (SIGINT) or SIGTERM into a cancellation, so that a run can stop at a safe place.</summary>
/// <remarks>
/// A second SIGINT does what it does without us: it ends the process at once. SIGTERM is only ever a request, however often it comes;
/// platforms repeat it. SIGHUP and SIGQUIT are left alone. Another handler in the process that cancels the signal keeps it from ending it.
/// </remarks>
internal sealed class TerminationSignals : IDisposable
{
    // Not disposed: a signal that came just before Dispose may still be on its way to it, and it holds nothing that needs it.
    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private int _interrupts;

    internal TerminationSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Cancelled at the first signal.</summary>
    internal CancellationToken Token => _requested.Token;

    /// <summary>From now on the signals do again what they did before.</summary>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    internal void OnSignal(PosixSignalContext context)
    {
        if (context.Signal == PosixSignal.SIGINT && Interlocked.Increment(ref _interrupts) > 1)
            return;
        context.Cancel = true;
        // The signal's thread must not run what hangs on the token: the second Ctrl+C has to get through.
        _ = _requested.CancelAsync();
    }
}
