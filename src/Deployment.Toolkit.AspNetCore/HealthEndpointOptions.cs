using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit;

/// <summary>What health endpoints tell, and how long they take over it.</summary>
public sealed class HealthEndpointOptions
{
    private TimeSpan _answerWithin = TimeSpan.FromSeconds(10);

    /// <summary>
    /// When an endpoint answers at the latest, with what is known by then: a check that has not answered yet is left as it was. Default 10
    /// seconds; above zero, at most an hour.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan AnswerWithin
    {
        get => _answerWithin;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromHours(1));
            _answerWithin = value;
        }
    }

    /// <summary>
    /// Who gets to see the checks and what they say; others see the status alone. <see langword="null"/>, the default: everybody in
    /// environment <c>Development</c>, nobody elsewhere. Secrets that the deployment knows are masked in any case.
    /// </summary>
    public Func<HttpContext, bool>? ShowDetails { get; set; }
}
