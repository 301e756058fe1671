using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;

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

    /// <summary>Puts the steps in their order.</summary>
    /// <param name="builtIn">The engine's, as the rooms contribute them.</param>
    /// <param name="own">The app's own, in the order of their registration.</param>
    /// <exception cref="DeploymentException">A step names a place that isn't there, or a name that is taken: all such faults at
    /// once.</exception>
    internal static StepCatalog Build(IReadOnlyList<CatalogStep> builtIn, IReadOnlyList<CatalogStep> own)
    {
        var steps = builtIn.Where(static step => step.Role < StepRole.RestoreBackup).OrderBy(static step => step.Role).ToList();
        // Steps of other plans; their names are taken too.
        var others = builtIn.Where(static step => step.Role >= StepRole.RestoreBackup).ToList();
        var faults = Faults([.. builtIn], own);
        Place(steps, own, faults);
        return faults.Count == 0 ? new StepCatalog(steps, others) : throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    internal CatalogStep? Find(string name) => Steps.Concat(_others).FirstOrDefault(step => step.Name == name);

    /// <summary>The one built-in step of a role.</summary>
    internal CatalogStep Get(StepRole role) => Of(role).Single();

    /// <summary>The built-in step of a role that is about a database.</summary>
    internal CatalogStep Get(StepRole role, DatabaseKey key) => Of(role).Single(step => step.Database == (key.Tenants ?? key.Recorded));

    /// <summary>
    /// The built-in steps of a role in the order in which their room contributes them: what moves traffic does it in stages.
    /// </summary>
    internal IEnumerable<CatalogStep> Of(StepRole role) => Steps.Concat(_others).Where(step => step.Role == role);

    /// <summary>What does a planned step: the step of its name, or what takes the effect of another away.</summary>
    internal CatalogStep? For(PlannedStep planned) => planned.Reverts is { } reverted ? Find(reverted)?.Reverting() : Find(planned.Name);

    private static List<DeploymentMessage> Faults(List<CatalogStep> builtIn, IReadOnlyList<CatalogStep> own)
    {
        var faults = new List<DeploymentMessage>();
        foreach (var twins in builtIn.Concat(own).GroupBy(static s => s.Name, StringComparer.Ordinal).Where(static g => g.Count() > 1))
            Fault(faults, $"Step '{twins.Key}' exists {twins.Count()} times: a run is resumed by a step's name. Give each its own Name.");
        foreach (var step in own)
        {
            var options = step.Options;
            if (options is { Before: not null, After: not null })
                Fault(
                    faults,
                    $"Step '{step.Name}' is placed both before '{options.Before}' and after '{options.After}'. Set Before or After, not "
                        + $"both."
                );
            if (
                options.Timeout <= TimeSpan.Zero
                || options.Timeout > LongestTimeout
                || options.Retries < 0
                || options.RetryDelay < TimeSpan.Zero
                || options.RetryDelay > LongestRetryDelay
            )
            {
                Fault(
                    faults,
                    $"Step '{step.Name}' has Timeout {options.Timeout}, Retries {options.Retries} and RetryDelay {options.RetryDelay}. "
                        + $"Set Timeout above zero and to {LongestTimeout.Days} days at most, "
                        + $"Retries not below zero, and RetryDelay not below zero and to {LongestRetryDelay.Days} day at most."
                );
            }
        }

        return faults;
    }

    // Registration is free of order: a step may name one that is registered later, so what cannot be placed yet waits for a next round.
    private static void Place(List<CatalogStep> steps, IReadOnlyList<CatalogStep> own, List<DeploymentMessage> faults)
    {
        var waiting = own.ToList();
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var placed = true; placed && waiting.Count > 0; )
        {
            placed = false;
            foreach (var step in waiting.ToList())
            {
                var anchor = step.Options.After ?? step.Options.Before ?? DeploymentSteps.VerifyHealth;
                var index = Index(steps, anchor, isLast: step.Options.After is not null);
                if (index < 0)
                    continue;

                if (step.Options.After is not null)
                {
                    index = (last.TryGetValue(anchor, out var earlier) ? Index(steps, earlier, isLast: true) : index) + 1;
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
            Fault(
                faults,
                $"Step '{step.Name}' is placed by '{anchor}', "
                    + $"{why}.{Suggestion.Sentence(anchor, names.Where(name => name != step.Name))} Correct Before or After in AddStep."
            );
        }
    }

    // What is there once for each database counts as one where none is named: before all of them, behind all of them.
    private static int Index(List<CatalogStep> steps, string anchor, bool isLast)
    {
        var prefix = DatabaseKey.StepPrefix(anchor);
        bool Matches(CatalogStep candidate) =>
            candidate.Name == anchor || (candidate.Database is { } database && candidate.Name == prefix + database);
        return isLast ? steps.FindLastIndex(Matches) : steps.FindIndex(Matches);
    }

    private static void Fault(List<DeploymentMessage> faults, string text) => faults.Add(new DeploymentMessage(Codes.StepUnknown, text));
}
