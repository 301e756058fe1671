using System.Runtime.ExceptionServices;

namespace Deployment.Toolkit.Platform;

/// <summary>Hands lines to the caller one at a time, and none after the caller has failed or the command's run has ended.</summary>
internal sealed class LineGate(Action<string> onLine, CancellationTokenSource stop)
{
    private readonly Lock _lock = new();
    private bool _closed;

    /// <summary>What the caller's code threw at a line.</summary>
    internal ExceptionDispatchInfo? Failure { get; private set; }

    internal void Deliver(string line)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            try
            {
                onLine(line);
                return;
            }
            catch (Exception failure)
            {
                Failure = ExceptionDispatchInfo.Capture(failure);
                _closed = true;
            }
        }

        stop.Cancel();
    }

    internal void Close()
    {
        lock (_lock)
            _closed = true;
    }
}
