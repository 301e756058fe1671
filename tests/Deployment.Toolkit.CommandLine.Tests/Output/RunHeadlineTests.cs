using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Tests.Output;

/// <summary>The first line says what is so.</summary>
public sealed class RunHeadlineTests
{
    [Theory]
    [InlineData(StepState.Kept, false, "Rolled back in part: Staging has release 1.0.0, and 2 tenants stay migrated (run 20261121-034351-7f3a).")]
    [InlineData(StepState.Kept, true, "Rolled back: Staging has release 1.0.0, and 2 tenants stay migrated, as KeepMigrated() says (run 20261121-034351-7f3a).")]
    [InlineData(StepState.Reverted, false, "Rolled back: Staging has release 1.0.0 as before (run 20261121-034351-7f3a).")]
    public void What_stays_migrated_is_not_called_as_before(StepState state, bool keepsMigrated, string headline)
    {
        var run = Run(RunKind.Up, DeploymentOutcome.RolledBack) with
        {
            Plan = new DeploymentPlan
            {
                Kind = RunKind.Up,
                Environment = "Staging",
                Release = new Release("2.0.0"),
                Tenants = [new PlannedTenants { Name = "Tenants", KeepsMigrated = keepsMigrated }],
            },
            Steps =
            [
                new RunStep
                {
                    Name = "migrate:Tenants",
                    State = state,
                    Attempts = 2,
                    DurationSeconds = 1,
                    Tenants = [Tenant("acme", TenantOutcome.Migrated), Tenant("umbrella", TenantOutcome.Migrated), Tenant("third", TenantOutcome.Reverted)],
                },
            ],
        };

        Assert.Equal(headline, Headline(run, DeploymentOutcome.RolledBack));
    }

    [Theory]
    [InlineData(RunState.Succeeded, "Rolled back: Staging is back at release 2.0.0, and 1.0.0 is on hold (run 20261121-034351-7f3a).")]
    [InlineData(RunState.RolledBack, "Rolled back: Staging has release 1.0.0 as before (run 20261121-034351-7f3a).")]
    public void After_a_rollback_the_release_that_it_left_is_not_what_is_there(RunState state, string headline) =>
        Assert.Equal(headline, Headline(Run(RunKind.Rollback, DeploymentOutcome.RolledBack) with { State = state }, DeploymentOutcome.RolledBack));

    private static TenantResult Tenant(string id, TenantOutcome outcome) => new() { Id = id, Outcome = outcome };

    private static DeploymentRun Run(RunKind kind, DeploymentOutcome outcome) => new()
    {
        Id = "20261121-034351-7f3a",
        Kind = kind,
        Environment = "Staging",
        Release = new Release("2.0.0"),
        PreviousRelease = new Release("1.0.0"),
        State = outcome == DeploymentOutcome.Succeeded ? RunState.Succeeded : RunState.RolledBack,
        StartedBy = "somebody",
        StartedAt = DateTimeOffset.UnixEpoch,
        LastRecordAt = DateTimeOffset.UnixEpoch,
        PlanHash = "",
    };

    private static string? Headline(DeploymentRun run, DeploymentOutcome outcome) =>
        new RunSection(run).HeadlineOf(VerbReport.Of(new DeploymentResult { Outcome = outcome, Environment = run.Environment, Messages = [], Run = run, Plan = run.Plan }));
}
