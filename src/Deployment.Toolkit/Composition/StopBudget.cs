namespace Deployment.Toolkit.Composition;

/// <summary>How long an app takes to stop, and how long it is let.</summary>
/// <param name="Needed">At most so long.</param>
/// <param name="Given">So long, until it is killed; <see langword="null"/> where nobody said so.</param>
internal sealed record StopBudget(TimeSpan Needed, TimeSpan? Given);
