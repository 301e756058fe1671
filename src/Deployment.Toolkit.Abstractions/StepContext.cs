namespace Deployment.Toolkit;

/// <summary>What a step is given. Make one yourself to test a step without an engine.</summary>
public sealed class StepContext
{
    private readonly Dictionary<string, string> _data;
    private readonly StepContext? _outer;
    private bool _isKept;
    private Func<bool, DeploymentMessage?>? _overLimit;

    /// <summary>Makes a context.</summary>
    /// <param name="plan">The plan that the step belongs to.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="runId">The run's id; empty while a plan is being made.</param>
    /// <param name="data">What the step saved before, if anything.</param>
    public StepContext(
        DeploymentPlan plan,
        DeploymentEnvironment environment,
        string runId,
        IReadOnlyDictionary<string, string>? data = null
    )
    {
        Plan = plan;
        Environment = environment;
        RunId = runId;
        _data = data is null ? [] : new Dictionary<string, string>(data, StringComparer.Ordinal);
    }

    private StepContext(StepContext outer, DeploymentPlan plan)
    {
        _outer = outer;
        _data = outer._data;
        Plan = plan;
        (Environment, RunId, Fence, Unproven, OutputSink, NoteSink) = (
            outer.Environment,
            outer.RunId,
            outer.Fence,
            outer.Unproven,
            outer.OutputSink,
            outer.NoteSink
        );
    }

    /// <summary>The frozen plan. While the step describes itself for a plan, one without steps.</summary>
    public DeploymentPlan Plan { get; }

    /// <summary>Where the deployment goes.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <summary>What is being deployed.</summary>
    public Release Release => Plan.Release;

    /// <summary>
    /// The release that was verified in the environment when the plan was made; <see langword="null"/> at the first deployment.
    /// </summary>
    public Release? PreviousRelease => Plan.PreviousRelease;

    /// <summary>The run's id, for example <c>20261121-034351-7f3a</c>.</summary>
    public string RunId { get; }

    /// <summary>
    /// The number under which the environment's lock is held: it rises with every holder. Hand it to whatever you change, so that
    /// a late effect of an earlier holder can be told and refused.
    /// </summary>
    public long Fence { get; init; }

    /// <summary>What the step saved or noted so far, also in an earlier process.</summary>
    public IReadOnlyDictionary<string, string> Data
    {
        get
        {
            lock (_data)
                return new Dictionary<string, string>(_data, StringComparer.Ordinal);
        }
    }

    /// <summary>Keys of <see cref="Data"/> that stand in the journal without proof of who wrote them.</summary>
    internal IReadOnlySet<string> Unproven { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>What to say when the step is stopped at its limit, told whether it ran on; a step that knows no better leaves it.</summary>
    internal Func<bool, DeploymentMessage?>? OverLimit
    {
        get => _outer is { } outer ? outer.OverLimit : _overLimit;
        set
        {
            if (_outer is { } outer)
                outer.OverLimit = value;
            else
                _overLimit = value;
        }
    }

    /// <summary>Whether a way back was asked for and there is none.</summary>
    internal bool IsKept => _outer?.IsKept ?? _isKept;

    /// <summary>Says that nothing was taken back, because there is no way to.</summary>
    internal void Keep()
    {
        if (_outer is { } outer)
            outer.Keep();
        else
            _isKept = true;
    }

    /// <summary>The same work, seen by the step whose effect is taken away: its release is the one that the plan leaves.</summary>
    internal StepContext Reversed() =>
        new(this, PreviousRelease is { } leaving ? Plan with { Release = leaving, PreviousRelease = Release } : Plan);

    /// <summary>The same work, seen by a step that has to do with a part of the plan only.</summary>
    internal StepContext Within(DeploymentPlan part) => new(this, part);

    internal Action<string>? OutputSink { get; init; }

    internal Func<string, string, CancellationToken, Task>? NoteSink { get; init; }

    /// <summary>Says something: shown while it runs, and kept (bounded, secrets redacted) in the journal with the result.</summary>
    /// <param name="line">One line, without its end.</param>
    public void Write(string line) => OutputSink?.Invoke(line);

    /// <summary>
    /// Keeps a value for <c>RevertAsync</c>. It is written with the step's result, so it is lost if the process dies before that.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; never a secret, the journal holds it as it is.</param>
    public void Save(string key, string value)
    {
        lock (_data)
            _data[key] = value;
    }

    /// <summary>Keeps a value durably, at once, so that it is there after a crash in the middle of the step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; never a secret, the journal holds it as it is.</param>
    /// <param name="cancellationToken">Cancels before the write begins.</param>
    /// <returns>A task that ends when the value is on disk.</returns>
    public Task NoteAsync(string key, string value, CancellationToken cancellationToken = default)
    {
        Save(key, value);
        return NoteSink?.Invoke(key, value, cancellationToken) ?? Task.CompletedTask;
    }
}
