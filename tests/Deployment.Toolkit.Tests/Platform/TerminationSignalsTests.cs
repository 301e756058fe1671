using System.Runtime.InteropServices;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Platform;

public sealed class TerminationSignalsTests
{
    [Fact]
    public async Task A_real_SIGTERM_cancels_and_does_not_end_the_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals.");
        using var signals = new TerminationSignals();
        Assert.False(signals.Token.IsCancellationRequested);
        Assert.Equal(0, LibC.SendSignal(Environment.ProcessId, LibC.Terminate));
        await Until.TrueAsync(() => signals.Token.IsCancellationRequested, "the token is cancelled");
    }

    [Fact]
    public async Task The_first_interrupt_cancels_and_the_second_is_let_through()
    {
        using var signals = new TerminationSignals();
        Assert.True(IsHeld(signals, PosixSignal.SIGINT));
        await Until.TrueAsync(() => signals.Token.IsCancellationRequested, "the token is cancelled");
        Assert.True(IsHeld(signals, PosixSignal.SIGTERM));
        Assert.False(IsHeld(signals, PosixSignal.SIGINT));
    }

    [Fact]
    public async Task SIGTERM_is_a_request_however_often_it_comes()
    {
        using var signals = new TerminationSignals();
        Assert.True(IsHeld(signals, PosixSignal.SIGTERM));
        Assert.True(IsHeld(signals, PosixSignal.SIGTERM));
        Assert.True(IsHeld(signals, PosixSignal.SIGINT));
        await Until.TrueAsync(() => signals.Token.IsCancellationRequested, "the token is cancelled");
    }

    [Fact]
    public async Task What_hangs_on_the_token_does_not_hold_up_the_next_signal()
    {
        using var signals = new TerminationSignals();
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        using var registration = signals.Token.Register(() =>
        {
            entered.Set();
            release.Wait(Until.Deadline);
        });
        Assert.True(IsHeld(signals, PosixSignal.SIGINT));
        Assert.True(entered.Wait(Until.Deadline));
        Assert.False(IsHeld(signals, PosixSignal.SIGINT));
        release.Set();
        await Until.TrueAsync(() => signals.Token.IsCancellationRequested, "the token is cancelled");
    }

    private static bool IsHeld(TerminationSignals signals, PosixSignal signal)
    {
        var context = new PosixSignalContext(signal);
        signals.OnSignal(context);
        return context.Cancel;
    }
}
