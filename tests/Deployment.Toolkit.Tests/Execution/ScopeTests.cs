using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Execution;

public sealed class ScopeTests
{
    [Fact]
    public async Task Each_attempt_at_a_step_has_a_scope_of_its_own_that_is_disposed_after_it()
    {
        var log = new ScopeLog { FailingAttempts = 1 };
        using var app = App(log, static deployment => deployment.AddStep<Warm>(static o => (o.Retries, o.RetryDelay) = (2, TimeSpan.FromMilliseconds(1))));

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(["execute", "execute"], log.Done.Select(static done => done.What));
        Assert.Equal(2, log.Done.Select(static done => done.Scope).Distinct().Count());
        // One of each for the plan, and one of each for an attempt.
        Assert.Equal((3, 3), (log.Made.Count(static made => made is Warm), log.Made.Count(static made => made is Scoped)));
        Assert.Equal(log.Made.ToHashSet(), log.Disposed.ToHashSet());
    }

    [Fact]
    public async Task A_way_back_and_its_probe_have_scopes_of_their_own()
    {
        var log = new ScopeLog { FailingAttempts = 1 };
        using var app = App(log, static deployment => deployment.AddStep<Warm>());

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal(["execute", "probe", "revert"], log.Done.Select(static done => done.What));
        Assert.Equal(3, log.Done.Select(static done => done.Scope).Distinct().Count());
        Assert.Equal(log.Made.ToHashSet(), log.Disposed.ToHashSet());
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("check")]
    public async Task What_is_made_to_plan_is_disposed_too(string verb)
    {
        var log = new ScopeLog();
        using var app = App(log, static deployment => deployment.AddStep<Warm>().UseActivator<Live>());

        var result = await app.RunAsync((deployer, request, token) => verb == "plan" ? deployer.PlanAsync(request, token) : deployer.CheckAsync(request, token));

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Contains(log.Made, static made => made is Warm);
        Assert.Equal(log.Made.ToHashSet(), log.Disposed.ToHashSet());
    }

    [Fact]
    public async Task An_activator_and_a_migration_class_may_ask_for_scoped_services()
    {
        var log = new ScopeLog();
        using var app = App(log, static deployment => deployment.UseActivator<Live>().AddMigrations(static m => m.Add<Create>()));

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(["migrate", "activate"], log.Done.Select(static done => done.What));
        Assert.Equal(2, log.Done.Select(static done => done.Scope).Distinct().Count());
        Assert.Equal(log.Made.ToHashSet(), log.Disposed.ToHashSet());
    }

    [Fact]
    public async Task A_step_that_was_left_behind_keeps_its_scope_until_it_ends()
    {
        using var release = new ManualResetEventSlim();
        var log = new ScopeLog { Block = release };
        using var app = App(log, static deployment => deployment.AddStep<Warm>(static o => o.Timeout = TimeSpan.FromMilliseconds(50)));
        using var host = app.Build();

        var result = await host.Services.GetRequiredService<Deployer>().UpAsync(app.Request("1.0.0"), CancellationToken.None);
        var deaf = Assert.Single(log.Done, static done => done.What == "execute").Scope;
        var before = log.Disposed.Contains(deaf);
        release.Set();
        await deaf.Gone.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("DTK7203", result.Messages[0].Code);
        Assert.False(before, "What a step that still runs works with was taken away from it.");
    }

    [Fact]
    public async Task What_cannot_be_disposed_is_logged_and_fails_nothing()
    {
        using var logged = new RecordedLog();
        var log = new ScopeLog { FailsToDispose = true };
        using var app = App(log, deployment =>
        {
            logged.AddTo(deployment.Host.Services);
            deployment.AddStep<Warm>();
        });

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Contains("Step Warm could not be disposed (InvalidOperationException)", logged.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_class_that_cannot_be_made_is_named_before_anything_is_begun()
    {
        using var app = new TestApp { Configure = static deployment => deployment.AddStep<Warm>().AddStep<Other>() };

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        var up = await app.UpAsync();

        Assert.Equal(["DTK7208", "DTK7208"], check.Messages.Select(static message => message.Code));
        Assert.Contains("Step Warm cannot be made: InvalidOperationException: Unable to resolve service for type", check.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(DeploymentOutcome.Refused, up.Outcome);
        Assert.False(File.Exists(app.Database));
    }

    private static TestApp App(ScopeLog log, Action<DeploymentBuilder> configure) => new()
    {
        Configure = deployment =>
        {
            deployment.Host.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }));
            deployment.Host.Services.AddSingleton(log).AddScoped<Scoped>();
            configure(deployment);
        },
    };

    private sealed class ScopeLog
    {
        internal List<object> Made { get; } = [];

        internal List<object> Disposed { get; } = [];

        internal List<(string What, Scoped Scope)> Done { get; } = [];

        internal int FailingAttempts { get; set; }

        internal bool FailsToDispose { get; init; }

        internal ManualResetEventSlim? Block { get; init; }

        internal void Make(object made)
        {
            lock (Made) Made.Add(made);
        }

        internal void Dispose(object disposed)
        {
            lock (Made) Disposed.Add(disposed);
        }

        internal void Do(string what, Scoped scope)
        {
            lock (Made) Done.Add((what, scope));
            Assert.DoesNotContain(scope, Disposed);
        }
    }

    // It can be disposed asynchronously alone, as many clients can.
    private sealed class Scoped : IAsyncDisposable
    {
        private readonly ScopeLog _log;

        public Scoped(ScopeLog log)
        {
            _log = log;
            log.Make(this);
        }

        internal TaskCompletionSource Gone { get; } = new();

        public ValueTask DisposeAsync()
        {
            _log.Dispose(this);
            Gone.SetResult();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Warm : DeploymentStep, IAsyncDisposable
    {
        private readonly ScopeLog _log;
        private readonly Scoped _scope;

        public Warm(ScopeLog log, Scoped scope)
        {
            (_log, _scope) = (log, scope);
            log.Make(this);
        }

        public override string Name => "warm";

        public override bool IsIdempotent => true;

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
        {
            _log.Do("execute", _scope);
            _log.Block?.Wait(CancellationToken.None);
            return _log.FailingAttempts-- > 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        }

        public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken)
        {
            _log.Do("probe", _scope);
            return Task.FromResult(ProbeOutcome.Unknown);
        }

        public override Task RevertAsync(StepContext context, CancellationToken cancellationToken)
        {
            _log.Do("revert", _scope);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _log.Dispose(this);
            return _log.FailsToDispose ? throw new InvalidOperationException("stuck") : ValueTask.CompletedTask;
        }
    }

    private sealed class Other(Scoped scope) : DeploymentStep
    {
        public override string Name => "other" + scope;

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Live(ScopeLog log, Scoped scope) : ReleaseActivator
    {
        public override string Description => "restart";

        public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken)
        {
            log.Do("activate", scope);
            return Task.CompletedTask;
        }
    }

    [Migration("0001", "create")]
    private sealed class Create(ScopeLog log, Scoped scope) : Migration
    {
        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            log.Do("migrate", scope);
            await context.ExecuteAsync("CREATE TABLE items (id INTEGER);", cancellationToken);
        }

        public override async Task DownAsync(MigrationContext context, CancellationToken cancellationToken) => await context.ExecuteAsync("DROP TABLE items;", cancellationToken);
    }
}
