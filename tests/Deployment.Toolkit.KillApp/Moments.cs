using System.Diagnostics;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.KillApp;

/// <summary>Counts the moments that a deployment passes, tells whoever watches, and dies at the one that it is told.</summary>
internal sealed class Moments
{
    // Several deployments may run in one process; each is watched by its own.
    private static readonly AsyncLocal<Moments?> Current = new();

    private readonly List<string> _names = [];
    private readonly int _killAt;
    private readonly Action<int>? _passed;

    static Moments() => Boundary.Observer = static moment => Current.Value?.Reached(moment);

    private Moments(int killAt, Action<int>? passed) => (_killAt, _passed) = (killAt, passed);

    internal IReadOnlyList<string> Names => _names;

    /// <summary>Watches what the caller, and what it calls from now on, deploys.</summary>
    internal static Moments Watch(int killAt = 0, Action<int>? passed = null) => Current.Value = new Moments(killAt, passed);

    private void Reached(string moment)
    {
        lock (_names)
        {
            _names.Add(moment);
            _passed?.Invoke(_names.Count);
            if (_names.Count != _killAt) return;

            // SIGKILL on Unix: nothing of this process runs any more, no finally, no flush, no handler.
            Process.GetCurrentProcess().Kill();
            while (true) Thread.Yield();
        }
    }
}
