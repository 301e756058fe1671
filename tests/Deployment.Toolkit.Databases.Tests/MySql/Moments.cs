using Deployment.Toolkit.Testing;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>Does something at a moment of a deployment that the calling test makes; those of other tests pass.</summary>
internal static class Moments
{
    /// <summary>Calls back at each moment of some work.</summary>
    internal static async Task ListenAsync(Action<string> listener, Func<Task> work)
    {
        BoundaryListener.Current = listener;
        try
        {
            await work();
        }
        finally
        {
            BoundaryListener.Current = null;
        }
    }

    /// <summary>Runs until it comes to a moment, at which the process is as good as dead: nothing more is written.</summary>
    /// <returns>The moment; <see langword="null"/> when it didn't come to it.</returns>
    internal static async Task<string?> DieAsync(Func<string, bool> at, Func<Task> work, Action? last = null)
    {
        string? reached = null;
        var failure = await Record.ExceptionAsync(() => ListenAsync(
            moment =>
            {
                if (reached is null && !at(moment))
                    return;
                if (reached is null)
                    last?.Invoke();
                reached ??= moment;
                throw new DeadException();
            },
            work));
        // It is told as whatever it broke.
        Assert.Equal(reached is null, failure is null);
        return reached;
    }

    /// <summary>Dies when a moment comes that ends so.</summary>
    internal static Task<string?> DieAtAsync(string end, Func<Task> work, Action? last = null) =>
        DieAsync(moment => moment.EndsWith(end, StringComparison.Ordinal), work, last);

    private sealed class DeadException : Exception;
}
