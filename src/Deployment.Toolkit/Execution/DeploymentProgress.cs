namespace Deployment.Toolkit;

/// <summary>What a piece of progress is about.</summary>
public enum ProgressKind
{
    /// <summary>Another process holds the environment's lock.</summary>
    Waiting,

    /// <summary>A run begins or is taken up again.</summary>
    RunStarted,

    /// <summary>A step, or its way back, begins.</summary>
    StepStarted,

    /// <summary>A step wrote a line.</summary>
    Output,

    /// <summary>A step, or its way back, is done.</summary>
    StepDone,

    /// <summary>A step, or its way back, failed.</summary>
    StepFailed,

    /// <summary>The run turns to go back.</summary>
    GoingBack,
}

/// <summary>One thing that just happened, for somebody who watches.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">One line, secrets masked.</param>
public sealed record DeploymentProgress(ProgressKind Kind, string Text)
{
    /// <summary>The step, where one is meant.</summary>
    public string? Step { get; init; }

    /// <summary>Whether it is the step's way back.</summary>
    public bool IsWayBack { get; init; }

    /// <summary>How long it took, in seconds, once it is over.</summary>
    public double? DurationSeconds { get; init; }
}
