using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning.Steps;

namespace Deployment.Toolkit.Planning;

/// <summary>Every step that this binary has, in the order of an <c>up</c>.</summary>
internal sealed class StepCatalog
{
    // A timer of .NET takes 49 days, a retry of Polly waits a day; what is longer would fail in the middle of a run.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromDays(1);

    private readonly IReadOnlyList<CatalogStep> _others;

    private StepCatalog(IReadOnlyList<CatalogStep> steps, IReadOnlyList<CatalogStep> others) => (Steps, _others) = (steps, others);

    internal IReadOnlyList<CatalogStep> Steps { get; }

    /// <summary>Makes the steps.</summary>
    /// <param name="parts">What the built-in ones work with.</param>
    /// <param name="session">The journal to write in; <see langword="null"/> while only a plan is made.</param>
    /// <param name="own">The app's own, in the order of their registration.</param>
    /// <exception cref="DeploymentException">A step names a place that isn't there, or a name that is taken: all such faults at once.</exception>
    internal static StepCatalog Build(DeploymentParts parts, JournalSession? session, IReadOnlyList<CatalogStep> own)
    {
        List<CatalogStep> steps =
        [
            CatalogStep.BuiltIn(new CheckConfigurationStep(parts), TimeSpan.FromMinutes(1)),
            CatalogStep.BuiltIn(new BackUpStep(parts), TimeSpan.FromMinutes(30)),
            CatalogStep.BuiltIn(new MigrateStep(parts, session), parts.Migrations.Limit),
            CatalogStep.BuiltIn(new ActivateStep(parts), TimeSpan.FromMinutes(10)),
            CatalogStep.BuiltIn(new VerifyHealthStep(parts), parts.Health.Limit + TimeSpan.FromMinutes(1)),
            CatalogStep.BuiltIn(new MarkVerifiedStep(parts, session), TimeSpan.FromMinutes(1)),
        ];
        // Steps of other plans; their names are taken too.
        CatalogStep[] others =
        [
            CatalogStep.BuiltIn(new RestoreBackupStep(parts, session), TimeSpan.FromMinutes(30)),
            CatalogStep.BuiltIn(new PinConfigurationStep(parts, session), TimeSpan.FromMinutes(1)),
            CatalogStep.BuiltIn(new UnpinConfigurationStep(parts), TimeSpan.FromMinutes(1)),
            CatalogStep.BuiltIn(new RenewSecretStep(parts), TimeSpan.FromMinutes(5)),
            CatalogStep.BuiltIn(new VerifySecretStep(parts), TimeSpan.FromMinutes(5)),
            CatalogStep.BuiltIn(new RetireSecretStep(parts), TimeSpan.FromMinutes(5)),
        ];
        var faults = Faults([.. steps, .. others], own);
        Place(steps, own, faults);
        return faults.Count == 0 ? new StepCatalog(steps, others) : throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    internal CatalogStep? Find(string name) => Steps.Concat(_others).FirstOrDefault(step => step.Name == name);

    private static List<DeploymentMessage> Faults(List<CatalogStep> builtIn, IReadOnlyList<CatalogStep> own)
    {
        var faults = new List<DeploymentMessage>();
        foreach (var twins in builtIn.Concat(own).GroupBy(static s => s.Name, StringComparer.Ordinal).Where(static g => g.Count() > 1))
            Fault(faults, $"Step '{twins.Key}' exists {twins.Count()} times: a run is resumed by a step's name. Give each its own Name.");
        foreach (var step in own)
        {
            var options = step.Options;
            if (options is { Before: not null, After: not null })
                Fault(faults, $"Step '{step.Name}' is placed both before '{options.Before}' and after '{options.After}'. Set Before or After, not both.");
            if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout || options.Retries < 0 || options.RetryDelay < TimeSpan.Zero || options.RetryDelay > LongestRetryDelay)
            {
                Fault(
                    faults,
                    $"Step '{step.Name}' has Timeout {options.Timeout}, Retries {options.Retries} and RetryDelay {options.RetryDelay}. Set Timeout above zero and to {LongestTimeout.Days} days at most, "
                    + $"Retries not below zero, and RetryDelay not below zero and to {LongestRetryDelay.Days} day at most.");
            }
        }

        return faults;
    }

    // Registration is free of order: a step may name one that is registered later, so what cannot be placed yet waits for a next round.
    private static void Place(List<CatalogStep> steps, IReadOnlyList<CatalogStep> own, List<DeploymentMessage> faults)
    {
        var waiting = own.ToList();
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var placed = true; placed && waiting.Count > 0;)
        {
            placed = false;
            foreach (var step in waiting.ToList())
            {
                var anchor = step.Options.After ?? step.Options.Before ?? DeploymentSteps.VerifyHealth;
                var index = steps.FindIndex(candidate => candidate.Name == anchor);
                if (index < 0) continue;

                if (step.Options.After is not null)
                {
                    index = steps.FindIndex(candidate => candidate.Name == last.GetValueOrDefault(anchor, anchor)) + 1;
                    last[anchor] = step.Name;
                }

                steps.Insert(index, step);
                waiting.Remove(step);
                placed = true;
            }
        }

        var names = steps.Concat(waiting).Select(static step => step.Name).ToList();
        foreach (var step in waiting)
        {
            var options = step.Options;
            var anchor = options.After ?? options.Before ?? "";
            var why = names.Contains(anchor, StringComparer.Ordinal) ? "which in the end is placed by itself" : "which does not exist";
            Fault(faults, $"Step '{step.Name}' is placed by '{anchor}', {why}.{Suggestion.Sentence(anchor, names.Where(name => name != step.Name))} Correct Before or After in AddStep.");
        }
    }

    private static void Fault(List<DeploymentMessage> faults, string text) => faults.Add(new DeploymentMessage(Codes.StepUnknown, text));
}
