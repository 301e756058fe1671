using System;
using System.Threading;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// A value of a whole compilation, read by the first that asks. Not a Lazy: it would keep the exception of a cancelled caller for all
/// others.
/// </summary>
internal sealed class OnDemand<T>(Func<CancellationToken, T> read)
    where T : class
{
    private readonly object _lock = new();
    private T? _value;

    public T Get(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _value ??= read(cancellationToken);
        }
    }
}
