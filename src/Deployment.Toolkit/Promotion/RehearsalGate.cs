using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Promotion;

/// <summary>Migrations enter only once they, as the plan has them, were tried on a copy of the environment's database.</summary>
internal sealed class RehearsalGate(
    IReadOnlyList<VerifiedMigration>? migrations,
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> ledgerOf
) : PromotionGate
{
    public override string Name => "rehearsal";

    public override async Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken)
    {
        var environment = context.Environment.Name;
        if (context.Plan is not { } plan || migrations is null)
            return PromotionAnswer.Of(
                GateOutcome.Inconclusive,
                $"Whether the migrations of release {context.Release} were rehearsed can't be told, because there is no plan of them. Mend what the "
                    + "other messages name.",
                Codes.NotRehearsed
            );
        var ofTenants = (plan.Tenants ?? []).Where(RehearsedPlan.IsRehearsed).Sum(static tenants => tenants.Migrations.Count);
        var count = plan.Migrations.Count + ofTenants;
        if (count == 0)
            return PromotionAnswer.Of(
                GateOutcome.Passed,
                plan.Tenants?.Any(static tenants => tenants.Migrations.Count > 0) == true
                    ? "no migration of the app's own databases is pending, and who the tenants are is found out in the run"
                    : "no migration is pending",
                Codes.NotRehearsed
            );

        var ledger = await ledgerOf(context.Environment, cancellationToken).ConfigureAwait(false);
        var rehearse = $"Run 'deploy rehearse --environment {environment}'.";
        var found = RehearsedPlan.HashesOf(plan, migrations).Select(ledger.Migrations.RehearsalOf).ToList();
        // Of several databases the one that stands in the way, else the one that was tried first.
        var told =
            found.Find(static rehearsed => rehearsed is { Report.IsProven: false })
            ?? (found.Contains(null) ? null : found.MinBy(static rehearsed => rehearsed!.Time));
        return told switch
        {
            { Report.IsProven: true } proof => PromotionAnswer.Of(
                GateOutcome.Passed,
                $"proven on a copy{OfTenant(proof)} at {At(proof)} by {proof.Report.By}",
                Codes.NotRehearsed
            ),
            { } failed => PromotionAnswer.Of(
                GateOutcome.Failed,
                $"The migrations of release {context.Release} were rehearsed for '{environment}' at {At(failed)}, and "
                    + $"{failed.Report.Failed ?? "not all of them"} was not proven. Correct it. {rehearse}",
                Codes.NotRehearsed
            ),
            null => PromotionAnswer.Of(
                GateOutcome.Failed,
                $"'{environment}' takes migrations only once they were tried on a copy of its database, and "
                    + $"{(count == 1 ? "the one" : $"the {count}")} of release {context.Release}, as this plan has "
                    + $"{(count == 1 ? "it, was" : "them, were")} not. {rehearse}",
                Codes.NotRehearsed
            ),
        };
    }

    private static string OfTenant(Rehearsed rehearsed) =>
        rehearsed.Report.Tenant is { } tenant ? $" of tenant '{tenant}', which stands for the others," : "";

    private static string At(Rehearsed rehearsed) =>
        string.Create(CultureInfo.InvariantCulture, $"{rehearsed.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}
