using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

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
        var whole = spans.Single(span => (string?)span.GetTagItem("cicd.pipeline.run.id") == run.Id);
        Assert.Equal(("RUN deploy up", ActivityKind.Server), (whole.OperationName, whole.Kind));
        Assert.Equal(["RUN", "deploy up", "success", run.Id, "development"], whole.TagObjects.Where(static tag => tag.Value is not null).OrderBy(static tag => tag.Key, StringComparer.Ordinal).Select(static tag => tag.Value));
        var steps = spans.Where(span => span.ParentSpanId == whole.SpanId && span.GetTagItem("cicd.pipeline.task.name") is not null).ToList();
        Assert.Equal(run.Steps.Select(static step => step.Name).Order(StringComparer.Ordinal), steps.Select(static span => span.OperationName).Order(StringComparer.Ordinal));
        Assert.All(steps, static span => Assert.Equal(("deploy", "success"), (span.GetTagItem("cicd.pipeline.task.type"), span.GetTagItem("cicd.pipeline.task.run.result"))));
        Assert.Contains(measured, static m => m is ("cicd.pipeline.run.duration", "s", > 0, _));
        Assert.Contains(measured, static m => m is ("deployment.step.duration", "s", > 0, DeploymentSteps.Migrate));
    }

    [Fact]
    public async Task A_run_that_fails_is_told_by_the_conventions_words()
    {
        var told = new ConcurrentBag<(string Instrument, string Tags)>();
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, meters) =>
            {
                if (instrument.Meter.Name == "Deployment.Toolkit" && instrument.Name.StartsWith("cicd.", StringComparison.Ordinal)) meters.EnableMeasurementEvents(instrument);
            },
        };
        // Of this test's own environment alone: others deploy at the same time.
        void Note(string instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray();
            if (all.Any(static tag => tag is { Key: "deployment.environment.name", Value: "telemetry" }))
                told.Add((instrument, string.Join(' ', all.Select(static tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal))));
        }

        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument.Name, tags));
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note($"{instrument.Name} {value:+0;-0}", tags));
        meters.Start();
        using var app = TestApp.WithMigrations();
        app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Telemetry"));
        app.Health = HealthCheckResult.Unhealthy("down");

        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync(environment: "Telemetry")).Outcome);
        const string Run = "cicd.pipeline.name=deploy up cicd.pipeline.run.state=executing deployment.environment.name=telemetry";
        Assert.Equal(
            [
                ("cicd.pipeline.run.active +1", Run),
                ("cicd.pipeline.run.active -1", Run),
                ("cicd.pipeline.run.duration", "cicd.pipeline.name=deploy up cicd.pipeline.result=failure cicd.pipeline.run.state=executing deployment.environment.name=telemetry error.type=rolled_back"),
                ("cicd.pipeline.run.errors +1", Run + " error.type=rolled_back"),
            ],
            told.OrderBy(static one => one.Instrument, StringComparer.Ordinal));
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
