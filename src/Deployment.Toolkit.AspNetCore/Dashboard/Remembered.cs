namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>Asks something dear once for all who want it at the same time, and not again for a while.</summary>
internal sealed class Remembered<T>(TimeSpan age, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<T>? _answer;
    private long _asked;

    internal Task<T> GetAsync(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        Task<T> answer;
        lock (_gate)
        {
            if (_answer is null || (_answer.IsCompleted && (!_answer.IsCompletedSuccessfully || time.GetElapsedTime(_asked) > age)))
            {
                _asked = time.GetTimestamp();
                // Nobody's own cancellation ends what others wait for.
                _answer = Task.Run(() => ask(CancellationToken.None), CancellationToken.None);
            }

            answer = _answer;
        }

        return answer.WaitAsync(cancellationToken);
    }
}
