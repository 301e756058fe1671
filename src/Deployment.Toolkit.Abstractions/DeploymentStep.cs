namespace Deployment.Toolkit;

/// <summary>
/// One thing that a deployment does. Constructor parameters come from the app's services. The engine journals the intent before
/// <see cref="ExecuteAsync"/> and the result after it, so that a run that is killed at any moment can be taken up again.
/// </summary>
/// <remarks>
/// Mark the class with <see cref="IrreversibleAttribute"/> when its effect cannot be taken back.
/// </remarks>
public abstract class DeploymentStep
{
    /// <summary>The name, unique in the app and stable over releases: a run is resumed by it. For example <c>warm up</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether running it again after it was interrupted at any point leads to the same state. Default <see langword="false"/>:
    /// then a step that was interrupted and whose <see cref="ProbeAsync"/> cannot tell stops the run for a person to look.
    /// </summary>
    public virtual bool IsIdempotent => false;

    /// <summary>Says what the step would do and what its way back is. It changes nothing; <c>deploy plan</c> prints it.</summary>
    /// <param name="context">The environment and release in question.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The description; by default the step's name with no way back.</returns>
    public virtual ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription(Name));

    /// <summary>Does it. An exception means that it failed; it is retried if it was registered with retries.</summary>
    /// <param name="context">The environment, release and run, and where to write output.</param>
    /// <param name="cancellationToken">Set at the step's timeout and at Ctrl+C. A step that ignores it is abandoned and reported.</param>
    public abstract Task ExecuteAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Says from the outside world, not from memory, whether the step's effect is there. Asked after a crash, and before a failed
    /// step is reverted.
    /// </summary>
    /// <param name="context">As for <see cref="ExecuteAsync"/>, with the notes that it left.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>By default <see cref="ProbeOutcome.Unknown"/>.</returns>
    public virtual Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(ProbeOutcome.Unknown);

    /// <summary>
    /// Takes back what this run did, and nothing that was there before it: the release that stays live may need that, or be the same one.
    /// Called for a step that is done, and for one that failed half way unless its probe says <see cref="ProbeOutcome.NotDone"/>. By
    /// default there is no way back, and reports say that the effect was kept.
    /// </summary>
    /// <param name="context">As for <see cref="ExecuteAsync"/>, with what it saved.</param>
    /// <param name="cancellationToken">As for <see cref="ExecuteAsync"/>.</param>
    public virtual Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Keep();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Whether what is there of an irreversible effect, of which a part is there, can be taken back, or be left as it is with a word that
    /// says what.
    /// </summary>
    internal virtual Task<bool> MayGoBackAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>What the step's own records say against what somebody found; <see langword="null"/> when nothing.</summary>
    internal virtual Task<string?> ObjectionAsync(StepContext context, ProbeOutcome found, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);
}

/// <summary>What a probe found.</summary>
public enum ProbeOutcome
{
    /// <summary>It cannot be told, or the effect is there in part.</summary>
    Unknown,

    /// <summary>The whole effect is there.</summary>
    Done,

    /// <summary>Nothing of the effect is there.</summary>
    NotDone,
}

/// <summary>What a step would do, as frozen into a plan.</summary>
public sealed record StepDescription
{
    /// <summary>Makes one.</summary>
    /// <param name="effect">One line for people, for example <c>apply 3 migrations (0001 to 0003)</c>.</param>
    public StepDescription(string effect) => Effect = effect;

    /// <summary>One line for people, for example <c>apply 3 migrations (0001 to 0003)</c>.</summary>
    public string Effect { get; init; }

    /// <summary>One line that says how the effect is taken back; <see langword="null"/> when there is nothing to take back.</summary>
    public string? WayBack { get; init; }

    /// <summary>
    /// Whether the step only looks. A run in which only such steps ran has changed nothing. Default <see langword="false"/>.
    /// </summary>
    public bool ChangesNothing { get; init; }

    /// <summary>
    /// Why the effect cannot be taken back; <see langword="null"/> when it can. Also set by <see cref="IrreversibleAttribute"/>.
    /// </summary>
    public string? Irreversible { get; init; }

    /// <summary>
    /// What the effect depends on. It is hashed into the plan, never stored, so it may hold whatever identifies the input.
    /// </summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();
}
