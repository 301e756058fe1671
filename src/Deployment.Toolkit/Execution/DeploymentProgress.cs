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
public sealed record DeploymentProgress
{
    /// <summary>What it is about.</summary>
    public required ProgressKind Kind { get; init; }

    /// <summary>One line, secrets masked.</summary>
    public required string Text { get; init; }

    /// <summary>The step, where one is meant.</summary>
    public string? Step { get; init; }

    /// <summary>Whether it is the step's way back.</summary>
    public bool IsWayBack { get; init; }

    /// <summary>How long it took, in seconds, once it is over.</summary>
    public double? DurationSeconds { get; init; }
}
