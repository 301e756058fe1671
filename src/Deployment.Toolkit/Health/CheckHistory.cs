using System.Collections;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>
/// The last answers of a check. As values: as objects they would all live until a hundred more have come, and the collector would carry
/// each from one generation to the next.
/// </summary>
internal sealed class CheckHistory
{
    private const int Most = 100;
    private const int First = 4;

    private Answer[] _ring = new Answer[First];
    private int _count;
    private int _next;

    internal void Add(DateTimeOffset at, HealthStatus status, TimeSpan duration)
    {
        if (_count == _ring.Length && _count < Most)
        {
            // It has never been full before, so the oldest lies first.
            _next = _count;
            Array.Resize(ref _ring, Math.Min(Most, _count * 2));
        }

        _ring[_next] = new Answer(at.UtcTicks, duration, status);
        _next = (_next + 1) % _ring.Length;
        _count = Math.Min(_count + 1, _ring.Length);
    }

    /// <summary>What there is now, oldest first.</summary>
    internal IReadOnlyList<HealthObservation> Shown()
    {
        var answers = new Answer[_count];
        var oldest = (_next - _count + _ring.Length) % _ring.Length;
        var behind = Math.Min(_count, _ring.Length - oldest);
        Array.Copy(_ring, oldest, answers, 0, behind);
        Array.Copy(_ring, 0, answers, behind, _count - behind);
        return new Answers(answers);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Answer(long At, TimeSpan Duration, HealthStatus Status);

    /// <summary>Makes each when somebody looks at it: most who look at a check don't look back.</summary>
    private sealed class Answers(Answer[] answers) : IReadOnlyList<HealthObservation>
    {
        public int Count => answers.Length;

        public HealthObservation this[int index] =>
            new()
            {
                At = new DateTimeOffset(answers[index].At, TimeSpan.Zero),
                Status = answers[index].Status,
                Duration = answers[index].Duration,
            };

        public IEnumerator<HealthObservation> GetEnumerator()
        {
            for (var i = 0; i < answers.Length; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
