using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Isolation;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Steps;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// What an <c>up</c> would do, and everything that speaks against it: the same answer for <c>check</c>, <c>plan</c> and <c>up</c>.
/// </summary>
/// <param name="Findings">Errors, with any of which it may not begin, and warnings.</param>
/// <param name="Plan">The plan; without its steps when there is nothing to do, <see langword="null"/> when it could not be made.</param>
/// <param name="IsNothingToDo">Whether the environment already is as it would be left.</param>
internal sealed record UpAnswer(Findings Findings, DeploymentPlan? Plan, bool IsNothingToDo)
{
    /// <summary>What would be done, with its steps; <see langword="null"/> when there is nothing to do, or no plan could be made.</summary>
    internal DeploymentPlan? Planned { get; init; }

    internal DeploymentOutcome Outcome =>
        Findings.HasErrors ? DeploymentOutcome.Refused
        : IsNothingToDo ? DeploymentOutcome.NothingToDo
        : DeploymentOutcome.Succeeded;
}

/// <summary>Asks everything that an <c>up</c> depends on.</summary>
/// <param name="factory">Makes what is asked.</param>
/// <param name="own">The app's own steps.</param>
/// <param name="scope">Which migrations, where no release comes with them.</param>
internal sealed class UpPreflight(DeploymentPartsFactory factory, OwnSteps own, MigrationScope? scope = null)
{
    /// <summary>Who asks; the process's own where it is <see langword="null"/>.</summary>
    internal JournalHolder? Operator { get; init; }

    /// <summary>What is to be skipped; <see langword="null"/> for nothing.</summary>
    internal BypassRequest? Bypass { get; init; }

    /// <summary>Asks for a look, with as much as can be made of the app: what it lacks is among the findings.</summary>
    internal async Task<(UpAnswer Answer, DeploymentParts? Parts)> LookAsync(
        DeploymentEnvironment environment,
        string? release,
        bool isSettingsOnly,
        CancellationToken cancellationToken
    )
    {
        var findings = new Findings(factory.Model.Dialect);
        findings.AddRange(RegistrationFaults.Of(factory.Model, factory.Services));
        findings.AddRange(ConfigurationCheck.Run(factory.Services));
        findings.AddRange(StartFindings.Database(factory.Services));
        DeploymentParts? parts = null;
        await findings.CollectAsync(() => Task.FromResult(parts = factory.Create(release))).ConfigureAwait(false);
        if (isSettingsOnly)
        {
            if (parts is not null)
                await findings.CollectAsync(() => CatalogAsync(parts)).ConfigureAwait(false);
            List<MigrationSet> sets = parts is null
                ? []
                : [.. parts.Each.Select(static each => each.Migrations), .. parts.Tenants.Select(static fleet => fleet.Migrations)];
            findings.AddRange(sets.SelectMany(static set => set.Faults.Concat(set.All.Concat(set.Repeatables).SelectMany(CheckUnasked))));
            var classes = factory.OwnClasses();
            findings.AddRange(await classes.NeededAsync(sets.SelectMany(static set => set.All)).ConfigureAwait(false));
            findings.AddRange(await classes.GatesAsync(MessageSeverity.Error).ConfigureAwait(false));
            findings.AddRange(await classes.OthersAsync(cancellationToken).ConfigureAwait(false));
            return (new UpAnswer(findings, null, false), parts);
        }

        Release? parsed = parts?.Release;
        if (parts is null)
            await findings.CollectAsync(() => Task.FromResult(parsed = factory.ReleaseOf(release))).ConfigureAwait(false);

        UpAnswer? answer = null;
        await findings
            .CollectAsync(async () =>
            {
                var intention = new Intention(
                    factory,
                    environment,
                    RunKind.Up,
                    await factory.LookAsync(environment, cancellationToken).ConfigureAwait(false)
                )
                {
                    Release = parsed,
                    Parts = parts,
                    Operator = Operator,
                    Bypass = Bypass,
                    IsLook = true,
                };
                answer = await AskAsync(intention, findings, cancellationToken).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
        return (answer ?? new UpAnswer(findings, null, false), parts);
    }

    // Without the database it isn't known whether one that can't be applied is there already.
    private static IEnumerable<DeploymentMessage> CheckUnasked(MigrationDefinition definition) =>
        MigrationSet
            .CheckScripts(definition)
            .Select(fault => definition.Faults.Contains(fault) ? fault with { Severity = MessageSeverity.Warning } : fault);

    /// <summary>Asks before something is begun.</summary>
    internal Task<UpAnswer> AskAsync(DeploymentParts parts, LedgerView journal, bool hasLock, CancellationToken cancellationToken)
    {
        var findings = new Findings(factory.Model.Dialect);
        findings.AddRange(ConfigurationCheck.Errors(factory.Services));
        var intention = new Intention(factory, parts.Environment, RunKind.Up, journal)
        {
            Release = parts.Release,
            Parts = parts,
            Operator = Operator,
            Bypass = Bypass,
            HasLock = hasLock,
            IsMigrationsOnly = scope is not null,
        };
        return AskAsync(intention, findings, cancellationToken);
    }

    private async Task<UpAnswer> AskAsync(Intention intention, Findings findings, CancellationToken cancellationToken)
    {
        // Half of what an open run does may be there: nothing can be planned over it, and it has its own plan.
        if (intention.Journal.Ledger.OpenRun is null && intention.Parts is { } parts)
        {
            await findings
                .CollectAsync(async () =>
                {
                    var planner = new Planner(parts) { Scope = scope };
                    await using var together = TargetDatabase.LookTogether(parts.Databases.Select(static each => each.Database));
                    var draft = await planner.DraftUpAsync(intention.Journal.Ledger, cancellationToken).ConfigureAwait(false);
                    intention = intention with { Draft = draft, IsNothingToDo = planner.IsNothingToDo(draft, intention.Journal.Ledger) };
                })
                .ConfigureAwait(false);
        }

        // Gates may want to know all that would be done; what keeps that from being known is told behind what they say.
        var unplanned = new Findings(factory.Model.Dialect);
        if (intention.Parts is { } all)
        {
            await unplanned
                .CollectAsync(async () =>
                {
                    var catalog = await CatalogAsync(all).ConfigureAwait(false);
                    if (intention is { Draft: { } draft, IsNothingToDo: false })
                        intention = intention with
                        {
                            Planned = await new Planner(all).WithStepsAsync(draft, catalog, cancellationToken).ConfigureAwait(false),
                        };
                })
                .ConfigureAwait(false);
        }

        if (factory.Services.GetRequiredService<IsolationLook>() is { IsDeclared: true } look)
            await findings
                .CollectAsync(async () =>
                    intention = intention with
                    {
                        Isolation = await look.ReportAsync(intention.Journal.Ledger, cancellationToken).ConfigureAwait(false),
                    }
                )
                .ConfigureAwait(false);
        await findings
            .CollectAsync(async () =>
                intention = intention with { Gates = await PromotionCheck.AskAsync(intention, cancellationToken).ConfigureAwait(false) }
            )
            .ConfigureAwait(false);
        await using (TargetDatabase.LookTogether(intention.Parts?.Databases.Select(static each => each.Database) ?? []))
            await PreflightChecks.AskAsync(intention, findings, cancellationToken).ConfigureAwait(false);
        findings.AddRange(unplanned.All);
        var plan =
            intention.Journal.Ledger.OpenRun is { } open && OpenRunCheck.IsTakenUp(open, intention) ? open.Plan
            : intention.Planned is { } planned ? PlanHash.Seal(WithGates(planned, intention))
            : intention.Draft;
        return new UpAnswer(findings, plan, intention.IsNothingToDo) { Planned = intention.Planned };
    }

    private DeploymentPlan WithGates(DeploymentPlan planned, Intention intention) =>
        planned with
        {
            Gates = intention.Gates,
            Reason = Bypass?.Reason ?? planned.Reason,
            Bypass = Bypassing.Of(
                planned,
                intention.Gates,
                factory.Model.Environments.RulesOf(intention.Environment),
                Bypass,
                factory.Time.GetUtcNow()
            ),
        };

    private async Task<StepCatalog> CatalogAsync(DeploymentParts parts) =>
        StepCatalog.Build(BuiltInSteps.Of(parts, null), await own.MakeAsync().ConfigureAwait(false));
}
