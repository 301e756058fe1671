namespace Deployment.Toolkit.Notifications;

/// <summary>A receiver did not take a notice. Its text names no address: whoever has one may post to it.</summary>
internal sealed class NoticeRefusedException(string message, TimeSpan? retryAfter = null, bool isSlow = false) : Exception(message)
{
    /// <summary>When it says to come again.</summary>
    internal TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether it is worth another try right away.</summary>
    internal bool MayTryAtOnce { get; } = retryAfter is null && !isSlow;
}
