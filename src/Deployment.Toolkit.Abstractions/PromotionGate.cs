namespace Deployment.Toolkit;

/// <summary>
/// Something that must hold before a release may enter an environment: a change window, an approval, a figure of the environment before.
/// Asked by <c>plan</c>, <c>check</c> and <c>up</c>, and by <c>up</c> once more while it holds the environment's lock; what it answered is
/// recorded with the run. Registered with <c>AddPromotionGate</c>.
/// </summary>
public abstract class PromotionGate
{
    /// <summary>What reports call it, for example <c>change window</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Finds out whether the release may enter, and changes nothing. An exception is no answer: the gate counts as errored then, with its
    /// message, as it does past its time limit. Either keeps the release out.
    /// </summary>
    /// <param name="context">What wants to enter, and where.</param>
    /// <param name="cancellationToken">Set at the gate's time limit and at Ctrl+C.</param>
    /// <returns>The answer. A gate that has nothing against a release says so, with its reason.</returns>
    public abstract Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken);
}

/// <summary>What a <see cref="PromotionGate"/> is asked about. Make one yourself to test a gate without an engine.</summary>
public sealed class PromotionContext
{
    /// <summary>What wants to enter.</summary>
    public required Release Release { get; init; }

    /// <summary>Where.</summary>
    public required DeploymentEnvironment Environment { get; init; }

    /// <summary>The release that is verified there now; <see langword="null"/> before the first.</summary>
    public Release? PreviousRelease { get; init; }

    /// <summary>
    /// What would be done: pending migrations and the difference of the configuration; without steps, which are planned when the gates have
    /// answered. <see langword="null"/> when no plan can be made, which refuses the release by itself.
    /// </summary>
    public DeploymentPlan? Plan { get; init; }
}

/// <summary>What a <see cref="PromotionGate"/> answers. Only <see cref="Passed"/> lets a release in.</summary>
public sealed class PromotionAnswer
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    private PromotionAnswer(GateOutcome outcome, string reason, string? code = null, IReadOnlyDictionary<string, string>? evidence = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        (Outcome, Reason, Code, Evidence) = (outcome, reason, code, evidence ?? Nothing);
    }

    /// <summary>How it answers.</summary>
    public GateOutcome Outcome { get; }

    /// <summary>Why.</summary>
    public string Reason { get; }

    /// <summary>What was looked at, by name; empty where the reason says it all.</summary>
    public IReadOnlyDictionary<string, string> Evidence { get; }

    /// <summary>The code of the message with which a gate of the engine refuses; <see langword="null"/> for all others.</summary>
    internal string? Code { get; }

    /// <summary>The release may enter.</summary>
    /// <param name="reason">Why, for whoever reads the plan: what was looked at.</param>
    public static PromotionAnswer Passed(string reason) => new(GateOutcome.Passed, reason);

    /// <summary>The release may not enter.</summary>
    /// <param name="reason">Why, and what would turn the gate green.</param>
    public static PromotionAnswer Failed(string reason) => new(GateOutcome.Failed, reason);

    /// <summary>There is too little to tell, so the release may not enter yet.</summary>
    /// <param name="reason">What is missing, and where it would come from.</param>
    public static PromotionAnswer Inconclusive(string reason) => new(GateOutcome.Inconclusive, reason);

    /// <summary>The same answer with what it rests on, which is recorded with the run: the number of a ticket, a checksum, an exit
    /// code.</summary>
    /// <param name="evidence">By name. The first 20 are kept, each value up to 500 characters, secrets masked.</param>
    /// <returns>The answer.</returns>
    public PromotionAnswer WithEvidence(IReadOnlyDictionary<string, string> evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return new PromotionAnswer(Outcome, Reason, Code, evidence);
    }

    internal static PromotionAnswer Of(GateOutcome outcome, string reason, string code) => new(outcome, reason, code);
}
