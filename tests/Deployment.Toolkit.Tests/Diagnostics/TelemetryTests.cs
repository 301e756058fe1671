using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Deployment.Toolkit.Tests.Diagnostics;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_run_gives_a_span_with_a_span_for_each_step_and_durations_in_seconds()
    {
        var spans = new ConcurrentBag<Activity>();
        var measured = new ConcurrentBag<(string Instrument, string? Unit, double Value, string Step)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Deployment.Toolkit",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, meters) =>
            {
                if (instrument.Meter.Name == "Deployment.Toolkit") meters.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            measured.Add((instrument.Name, instrument.Unit, value, tags.ToArray().FirstOrDefault(static tag => tag.Key == "deployment.step.name").Value as string ?? "")));
        meters.Start();
        using var app = TestApp.WithMigrations();

        var run = (await app.UpAsync()).Run!;

        // Other tests deploy at the same time: only this run's spans are looked at.
        var whole = spans.Single(span => span.OperationName == "deployment.run" && (string?)span.GetTagItem("deployment.run.id") == run.Id);
        var steps = spans.Where(span => span.OperationName == "deployment.step" && span.ParentSpanId == whole.SpanId).Select(static span => (string?)span.GetTagItem("deployment.step.name"));
        Assert.Equal(run.Steps.Select(static step => step.Name).Order(StringComparer.Ordinal), steps.Order(StringComparer.Ordinal));
        Assert.Equal("Succeeded", whole.GetTagItem("deployment.run.state"));
        Assert.Contains(measured, static m => m is ("deployment.run.duration", "s", > 0, _));
        Assert.Contains(measured, static m => m is ("deployment.step.duration", "s", > 0, DeploymentSteps.Migrate));
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("started")]
    [InlineData("stopped")]
    [InlineData("measured")]
    public async Task A_listener_that_throws_stops_no_healthy_run(string when)
    {
        // Only in this test's own flow: others deploy at the same time and listen too.
        var isOurs = new AsyncLocal<bool>();
        var thrown = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Deployment.Toolkit",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            {
                Throw("sample");
                return ActivitySamplingResult.AllData;
            },
            ActivityStarted = _ => Throw("started"),
            ActivityStopped = _ => Throw("stopped"),
        };
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, meters) =>
            {
                if (instrument.Meter.Name == "Deployment.Toolkit") meters.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<double>((_, _, _, _) => Throw("measured"));
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => Throw("measured"));
        meters.Start();
        using var app = TestApp.WithMigrations();
        using var outer = new Activity("outer").Start();

        isOurs.Value = true;
        var up = await app.UpAsync();
        isOurs.Value = false;

        Assert.Equal((DeploymentOutcome.Succeeded, 0), (up.Outcome, up.Messages.Count));
        Assert.True(thrown > 0);
        Assert.Same(outer, Activity.Current);

        void Throw(string at)
        {
            if (!isOurs.Value || at != when) return;

            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("whoever listens is closed");
        }
    }

    [Fact]
    public async Task One_that_throws_when_an_instrument_is_made_stops_no_start()
    {
        var isOurs = new AsyncLocal<bool>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (_, _) =>
            {
                if (isOurs.Value) throw new InvalidOperationException("whoever listens is closed");
            },
        };
        meters.Start();
        using var meter = new Toolkit.Monitoring.SecretsMeter(null!, null!);

        isOurs.Value = true;
        await meter.StartAsync(TestContext.Current.CancellationToken);
    }
}
