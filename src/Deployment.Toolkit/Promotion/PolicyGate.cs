using System.Globalization;
using Deployment.Toolkit.Environments;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Promotion;

/// <summary>A rule of the app's own, which some environments keep to, of which others are only told.</summary>
internal sealed class PolicyGate(
    string name,
    Func<PolicyContext, CancellationToken, ValueTask<string?>> rule,
    PolicyOptions options,
    Func<EnvironmentGraph> graph,
    IServiceProvider services
) : PromotionGate
{
    private const int MostDays = 90;

    public override string Name => $"policy: {name}";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        EnsureDeclared();
        var here = context.Environment.Name;
        var (isWarned, isKept) = (options.Warned.Contains(here), options.Kept.Count == 0 || options.Kept.Contains(here));
        if (!isWarned && !isKept)
            return PromotionAnswer.Passed($"'{here}' is not held to it");

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (await rule(new PolicyContext(context, services, now), cancellationToken).ConfigureAwait(false) is not { } broken)
            return PromotionAnswer.Passed("it is kept");

        var told = broken.TrimEnd('.');
        if (isWarned)
            return PromotionAnswer.Passed($"a warning alone in '{here}': {told}");

        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var waivers = options.Waivers.FindAll(waiver => waiver.Environment.Equals(here, StringComparison.OrdinalIgnoreCase));
        if (waivers.Find(waiver => waiver.Until >= today && waiver.Until <= today.AddDays(MostDays)) is { } counts)
            return PromotionAnswer.Passed($"waived until {Day(counts.Until)} by {counts.By} ({counts.Reason}): {told}");

        var idle =
            waivers.Count == 0 ? ""
            : waivers[^1].Until < today ? $" Its waiver was over on {Day(waivers[^1].Until)}."
            : $" Its waiver ends on {Day(waivers[^1].Until)}, more than {MostDays} days ahead, and does not count yet.";
        return PromotionAnswer.Failed($"{told}.{idle} Mend that, then run 'deploy plan --environment {here}'.");
    }

    // A name with a slip would let every release pass.
    private void EnsureDeclared()
    {
        foreach (var environment in options.Kept.Concat(options.Warned).Concat(options.Waivers.Select(static waiver => waiver.Environment)))
            _ = graph().Get(environment);
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
