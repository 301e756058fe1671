using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Promotion;

public sealed class PromotionGateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly PromotionContext Context = new() { Release = new Release("1.0.0"), Environment = new DeploymentEnvironment("Production") };

    [Fact]
    public async Task A_gate_that_passes_lets_the_release_in_and_stands_in_the_plan_and_the_run()
    {
        var asked = new Asked(static _ => Task.FromResult(PromotionAnswer.Passed("it is Tuesday")));
        using var app = asked.App();

        var plan = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));
        var up = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, up.Outcome);
        foreach (var planned in new[] { plan.Plan!, up.Plan!, up.Run!.Plan! })
            Assert.Equal(("change window", GateOutcome.Passed, "it is Tuesday"), Assert.Single(planned.Gates, Own) is var gate ? (gate.Name, gate.Outcome, gate.Reason) : default);
        // Once for the plan; for the up once before the lock and once under it.
        Assert.Equal(3, asked.Contexts.Count);
        Assert.All(asked.Contexts, static context => Assert.Equal(("1.0.0", "Development"), (context.Release.Version, context.Environment.Name)));
        Assert.All(asked.Contexts, static context => Assert.Empty(context.Plan!.Steps));
    }

    [Theory]
    [InlineData(GateOutcome.Failed, "DTK7210")]
    [InlineData(GateOutcome.Inconclusive, "DTK7210")]
    public async Task A_gate_that_does_not_pass_refuses_in_every_verb_alike(GateOutcome outcome, string code)
    {
        var asked = new Asked(_ => Task.FromResult(outcome == GateOutcome.Failed ? PromotionAnswer.Failed("it is Friday.") : PromotionAnswer.Inconclusive("nobody knows the day.")));
        using var app = asked.App();

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        var plan = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));
        var up = await app.UpAsync();

        foreach (var result in new[] { check, plan, up })
        {
            var message = Assert.Single(result.Messages);
            Assert.Equal((DeploymentOutcome.Refused, code), (result.Outcome, message.Code));
            Assert.StartsWith("Gate 'change window' keeps release 1.0.0 out of 'Development': ", message.Text, StringComparison.Ordinal);
        }

        Assert.Equal(outcome, Assert.Single(plan.Plan!.Gates, Own).Outcome);
        Assert.False(File.Exists(app.Database), "Nothing was to be begun.");
    }

    [Fact]
    public async Task What_a_gate_says_under_the_lock_counts()
    {
        var answers = 0;
        using var app = new Asked(_ => Task.FromResult(++answers == 1 ? PromotionAnswer.Passed("open") : PromotionAnswer.Failed("closed meanwhile."))).App();

        var up = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7210", 2), (up.Outcome, Assert.Single(up.Messages).Code, answers));
        Assert.False(File.Exists(app.Database), "Nothing was to be begun.");
    }

    [Fact]
    public async Task A_gate_that_throws_is_errored_in_its_own_words_without_secrets()
    {
        using var app = new Asked(static _ => throw new InvalidOperationException("no entry for hunter2-token.")).App();
        app.Configure += static deployment => deployment.Host.Configuration["Calendar:Password"] = "hunter2-token";

        var up = await app.UpAsync();

        var message = Assert.Single(up.Messages);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7211"), (up.Outcome, message.Code));
        Assert.StartsWith("Gate 'change window' could not be asked whether release 1.0.0 may enter 'Development': InvalidOperationException: no entry for ", message.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-token", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_cannot_be_made_or_returns_nothing_is_errored()
    {
        using var app = new Asked(static _ => Task.FromResult<PromotionAnswer>(null!)).App();
        app.Configure += static deployment => deployment.AddPromotionGate<NeedsWhatIsNotThere>();

        var up = await app.UpAsync();

        Assert.Equal(["DTK7211", "DTK7208"], up.Messages.Select(static message => message.Code));
        Assert.Contains("it returned nothing", up.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Promotion gate NeedsWhatIsNotThere cannot be made", up.Messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_honours_its_token_is_errored_at_its_limit()
    {
        var clock = new TimerClock();
        var gates = Gates(clock, static async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return PromotionAnswer.Passed("never");
        });

        var asking = gates.AskAsync([], Context, CancellationToken.None);
        await clock.TimersAsync(1, Limit);
        clock.Advance(Limit);
        var gate = Assert.Single(await asking);

        Assert.Equal(("change window", GateOutcome.Errored, "DTK7211"), (gate.Name, gate.Outcome, gate.Code));
        Assert.Contains("it gave no answer within 5 s. Mend what it waits for, or give it more time with .AddPromotionGate<", gate.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_ignores_its_token_is_left_behind_and_not_asked_again_while_it_runs()
    {
        var clock = new TimerClock();
        var (asked, begun, held) = (0, new TaskCompletionSource(), new TaskCompletionSource<PromotionAnswer>());
        var gates = Gates(clock, _ =>
        {
            asked++;
            begun.TrySetResult();
            return asked == 1 ? held.Task : Task.FromResult(PromotionAnswer.Passed("awake again"));
        });

        var asking = gates.AskAsync([], Context, CancellationToken.None);
        await begun.Task;
        await clock.TimersAsync(1, Limit);
        clock.Advance(Limit);
        await clock.TimersAsync(1, EnforcedTimeout.Grace);
        clock.Advance(EnforcedTimeout.Grace);
        var late = Assert.Single(await asking);
        var meanwhile = Assert.Single(await gates.AskAsync([], Context, CancellationToken.None));
        held.SetResult(PromotionAnswer.Passed("too late"));
        // That the gate has ended reaches whoever asks through the thread pool.
        var after = meanwhile;
        for (var began = Stopwatch.GetTimestamp(); after.Outcome == GateOutcome.Errored && Stopwatch.GetElapsedTime(began) < Until.Deadline; await Task.Yield())
            after = Assert.Single(await gates.AskAsync([], Context, CancellationToken.None));

        Assert.Equal((GateOutcome.Errored, GateOutcome.Errored, GateOutcome.Passed), (late.Outcome, meanwhile.Outcome, after.Outcome));
        Assert.Contains("within 5 s, ran on although it was told to stop, and was left behind", late.Reason, StringComparison.Ordinal);
        Assert.Contains("it still runs since", meanwhile.Reason, StringComparison.Ordinal);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Cancelled_nobody_waits_for_a_gate()
    {
        using var cancel = new CancellationTokenSource();
        var gates = Gates(new FakeTimeProvider(), async token =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return PromotionAnswer.Passed("never");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gates.AskAsync([], Context, cancel.Token));
    }

    [Fact]
    public async Task The_same_gate_twice_is_one_and_two_functions_are_two()
    {
        var asked = new Asked(static _ => Task.FromResult(PromotionAnswer.Passed("open")));
        using var app = asked.App();
        Func<IServiceProvider, Window> first = _ => new Window(asked), second = _ => new Window(asked);
        app.Configure = deployment => deployment.AddPromotionGate<Closed>().AddPromotionGate<Closed>().AddPromotionGate(first).AddPromotionGate(first).AddPromotionGate(second);

        var plan = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));

        Assert.Equal(["hold", "closed", "change window", "change window"], plan.Plan!.Gates.Select(static gate => gate.Name));
    }

    [Fact]
    public void An_answer_has_a_reason_and_a_limit_is_a_time()
    {
        Assert.Throws<ArgumentException>(static () => PromotionAnswer.Passed(" "));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new PromotionGateOptions { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new PromotionGateOptions { Timeout = TimeSpan.FromDays(31) });
    }

    private static bool Own(PlannedGate gate) => gate.Name == "change window";

    private static PromotionGates Gates(TimeProvider clock, Func<CancellationToken, Task<PromotionAnswer>> answer) => new(
        new ServiceCollection().BuildServiceProvider(),
        [new PromotionGateRegistration(nameof(Window), _ => new Window(new Asked(answer)), new PromotionGateOptions { Timeout = Limit })],
        clock,
        NullLogger.Instance,
        static text => text);

    private sealed class Asked(Func<CancellationToken, Task<PromotionAnswer>> answer)
    {
        internal List<PromotionContext> Contexts { get; } = [];

        internal Task<PromotionAnswer> AskAsync(PromotionContext context, CancellationToken token)
        {
            lock (Contexts) Contexts.Add(context);
            return answer(token);
        }

        internal TestApp App() => new() { Configure = deployment => deployment.AddPromotionGate(_ => new Window(this), static options => options.Timeout = TimeSpan.FromMinutes(1)) };
    }

    private sealed class Window(Asked asked) : PromotionGate
    {
        public override string Name => "change window";

        public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken) => asked.AskAsync(context, cancellationToken);
    }

    private sealed class Closed : PromotionGate
    {
        public override string Name => "closed";

        public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken) =>
            Task.FromResult(PromotionAnswer.Failed(string.Create(CultureInfo.InvariantCulture, $"never {context.Release}.")));
    }

#pragma warning disable CS9113 // It is there to be asked for.
    private sealed class NeedsWhatIsNotThere(IFormatProvider nowhere) : PromotionGate
#pragma warning restore CS9113
    {
        public override string Name => "impossible";

        public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken) => Task.FromResult(PromotionAnswer.Passed("made"));
    }
}
