namespace Deployment.Toolkit;

/// <summary>How something that was asked of the toolkit ended.</summary>
public enum DeploymentOutcome
{
    /// <summary>
    /// Nobody said: the value of a result that was never filled in. It counts as no success, and no method of the toolkit returns it.
    /// </summary>
    Unknown,

    /// <summary>It was done.</summary>
    Succeeded,

    /// <summary>There was nothing to do; nothing was written.</summary>
    NothingToDo,

    /// <summary>A step failed and everything that had been done was undone.</summary>
    RolledBack,

    /// <summary>It failed before anything was changed.</summary>
    Failed,

    /// <summary>Bad input or policy: it was not begun.</summary>
    Refused,

    /// <summary>It stopped half way and a person must look; the messages say at what, and which command comes next.</summary>
    NeedsAttention,

    /// <summary>It was cancelled; a run that had begun can be resumed or aborted.</summary>
    Cancelled,
}
