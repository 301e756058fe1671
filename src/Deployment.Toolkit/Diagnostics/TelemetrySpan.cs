using System.Diagnostics;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>A span whose end is no more in the hands of whoever listens than its beginning.</summary>
internal readonly struct TelemetrySpan(Activity? activity, Activity? outer) : IDisposable
{
    internal TelemetrySpan SetTag(string name, object? value)
    {
        activity?.SetTag(name, value);
        return this;
    }

    internal void SetError(string? description = null) => activity?.SetStatus(ActivityStatusCode.Error, description);

    public void Dispose()
    {
        try
        {
            activity?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Activity.Current = outer;
        }
    }
}
