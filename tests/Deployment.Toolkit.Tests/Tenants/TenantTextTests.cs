using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>What is said of a tenant, and what is remembered of one that a run may have touched.</summary>
public sealed class TenantTextTests
{
    [Theory]
    [InlineData("Server=db;Password=hunter2-secret;Database=a")]
    [InlineData("Server=db;PWD='hunter2-secret';Database=a")]
    [InlineData("no list of settings, but hunter2-secret")]
    public void A_drivers_words_are_told_without_what_the_connection_string_keeps_secret(string connectionString)
    {
        var tenant = new FoundTenant(new Tenant("a", connectionString), new DeclaredTenants("Tenants", new TenantsOptions()), "", static text => text.Replace("registered", "***", StringComparison.Ordinal));

        var told = tenant.Clean($"cannot open '{connectionString}'\nnor a registered one{new string('x', 900)}");

        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.DoesNotContain("registered", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told);
        Assert.InRange(told.Length, 10, 420);
    }

    [Fact]
    public void One_that_was_begun_and_of_which_nothing_was_told_counts_as_touched_whatever_a_later_attempt_could_not_reach()
    {
        var step = new StepLog(new PlannedStep { Name = "migrate:Tenants", Effect = "" });
        step.Begin(StepDirection.Forward);
        Tell("killed", TenantOutcome.Begun);
        Tell("away", TenantOutcome.Begun);
        Tell("away", TenantOutcome.Unreachable);
        Tell("done", TenantOutcome.Begun);
        Tell("done", TenantOutcome.Migrated);
        Tell("broken", TenantOutcome.Begun);
        Tell("broken", TenantOutcome.Failed);
        Tell("later", TenantOutcome.Begun);
        Tell("later", TenantOutcome.NotBegun);
        Assert.Equal(["broken", "done", "killed"], step.TouchedTenants.Order(StringComparer.Ordinal));

        step.Begin(StepDirection.Forward);
        Tell("killed", TenantOutcome.LeftOut);
        Assert.Equal(["broken", "done", "killed"], step.TouchedTenants.Order(StringComparer.Ordinal));

        step.Begin(StepDirection.Back);
        Tell("killed", TenantOutcome.RevertFailed);
        Tell("done", TenantOutcome.Reverted);
        Tell("broken", TenantOutcome.Gone);
        Assert.Equal(["killed"], step.TouchedTenants);

        void Tell(string tenant, TenantOutcome outcome) => step.Add([new TenantResult { Id = tenant, Outcome = outcome }]);
    }
}
