using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Hosting;

/// <summary>Tells what was skipped in an environment and has yet to follow.</summary>
internal static class PromotionDebts
{
    internal static IReadOnlyList<HotfixDebt> Hotfixes(EnvironmentLedger ledger, DateTimeOffset now) =>
        [
            .. ledger.Promotion.Debts.Select(debt => new HotfixDebt
            {
                Release = debt.Due.Release,
                Run = debt.Due.Run,
                Reason = debt.Due.Reason,
                By = debt.Due.By,
                ApprovedBy = debt.Due.ApprovedBy,
                Bypassed = debt.Due.Bypassed,
                MustFollow = debt.Due.MustFollow,
                Until = debt.Due.Until,
                IsOverdue = debt.Due.Until <= now,
            }),
        ];

    internal static IReadOnlyList<UnreviewedGlass> Unreviewed(EnvironmentLedger ledger, string environment, bool isSigned) =>
        [
            .. GlassReviews
                .Open(ledger, environment, isSigned)
                .Select(static glass => new UnreviewedGlass
                {
                    Run = glass.Broken.Run,
                    Release = glass.Broken.Release,
                    Reason = glass.Broken.Reason,
                    By = glass.Broken.By,
                    At = glass.Time,
                }),
        ];
}
