using Deployment.Toolkit.Health;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Promotion;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the release may enter: the promotion order, holds, and the app's own gates.</summary>
internal sealed class PromotionCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) =>
        ValueTask.FromResult(PromotionGates.Refusals(intention.Gates));

    /// <summary>Asks the gates; none when nothing enters.</summary>
    internal static async Task<IReadOnlyList<PlannedGate>> AskAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention is not { Kind: RunKind.Up, IsNothingToDo: false, Release: { } release } || IsTakenUp(intention))
            return [];

        var factory = intention.Factory;
        var context = new PromotionContext
        {
            Release = release,
            Environment = intention.Environment,
            PreviousRelease = intention.Journal.Ledger.Current?.Evidence.Release,
            Plan = intention.Draft,
        };
        var builtIn = BuiltInGates.Of(
            new GateSources(intention.Environment, factory.Model.Environments, factory.ReadLedgerAsync, factory.Time)
            {
                Migrations = intention.Parts?.Evidence,
                Trusted = factory.Evidence,
                Bypass = intention.Bypass,
                GlassKey = intention.Bypass is { IsBreakGlass: true } ? factory.GlassPoint() : null,
                Planned = intention.Planned,
                Promoter = Promoter(intention),
                Authors = factory.Authors,
                ContentRoot = factory.ContentRoot,
                Health = factory.Services.GetRequiredService<HealthGate>(),
                Backups = intention.Parts is { } parts ? [.. parts.Databases.Select(static each => each.Backups)] : null,
                WithoutBackups =
                    intention.Parts is not { Databases.Count: > 0 } own ? null
                    : own.BackupBy is not null ? "what takes them is the app's own, not the toolkit"
                    : own.WithoutBackup,
                Configuration = () => [.. ConfigurationCheck.Errors(factory.Services), .. Parity(intention)],
                Lint = () => Lint(intention),
                Isolation = intention.Isolation is { } isolation ? [.. IsolationCheck.Faults(isolation)] : null,
            }
        );
        var gates = await factory
            .Services.GetRequiredService<PromotionGates>()
            .AskAsync(builtIn, context, cancellationToken)
            .ConfigureAwait(false);
        return Bypassing.Mark(gates, factory.Model.Environments.RulesOf(intention.Environment), intention.Bypass);
    }

    // It has entered already.
    private static bool IsTakenUp(Intention intention) =>
        intention.Journal.Ledger.OpenRun is { } run && OpenRunCheck.IsTakenUp(run, intention);

    // Where nothing has to be signed nobody's key is looked for: one that can't be read must not keep a release out.
    private static Actor Promoter(Intention intention)
    {
        var holder = intention.Operator ?? intention.Factory.Operator;
        return intention.Factory.Model.Environments.RulesOf(intention.Environment).Approvals is { Signed: true }
            ? intention.Factory.ActorOf(holder)
            : Actor.Of(holder);
    }

    private static IEnumerable<DeploymentMessage> Parity(Intention intention)
    {
        var (factory, environments) = (intention.Factory, intention.Factory.Model.Environments);
        if (intention.Environment.PromotedFrom is not { } source)
            return [];

        var report = new ParityReport(
            factory.Services.GetRequiredService<ConfigurationStates>(),
            factory.Services.GetRequiredService<ConfigurationRecorder>().Values,
            factory.Model.Differences
        );
        return report
            .Of([environments.Get(source), intention.Environment])
            .Rows.Select(static row => row.Fault)
            .OfType<DeploymentMessage>();
    }

    private static List<DeploymentMessage>? Lint(Intention intention) =>
        intention.Draft is null ? null : [.. intention.OfEach.SelectMany(MigrationLintCheck.Find)];
}
