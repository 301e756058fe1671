using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Testing;

/// <summary>
/// Hears of the moments of what the calling test does; those of tests beside it pass. It is asked once and for all: of several who add themselves, or take themselves
/// away, one would take another along.
/// </summary>
internal static class BoundaryListener
{
    private static readonly AsyncLocal<Action<string>?> s_current = new();

    static BoundaryListener() => Boundary.Observer = static moment => s_current.Value?.Invoke(moment);

    internal static Action<string>? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }
}
