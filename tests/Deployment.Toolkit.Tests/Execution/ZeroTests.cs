using System.Text.Json;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tests.Execution;

public sealed class ZeroTests
{
    private static readonly string[] Good = ["Succeeded", "NothingToDo", "Passed", "Done", "Completed", "Healthy", "Verified", "Tolerated", "Reverted", "Nothing", "Information"];

    public static TheoryData<Type> Enums => [.. new[] { typeof(DeploymentOutcome).Assembly, typeof(Deployer).Assembly }.SelectMany(static assembly => assembly.GetTypes())
        .Where(static type => type.IsEnum && type.Namespace?.StartsWith("Deployment.Toolkit", StringComparison.Ordinal) == true)];

    [Theory]
    [MemberData(nameof(Enums))]
    public void A_zero_never_means_that_all_went_well(Type type) => Assert.DoesNotContain(Enum.GetName(type, Enum.ToObject(type, 0)), Good);

    [Fact]
    public void A_result_and_a_gate_that_nobody_filled_in_are_no_success()
    {
        Assert.NotEqual(DeploymentOutcome.Succeeded, default);
        Assert.Equal(GateOutcome.Inconclusive, default);
        Assert.Equal(MessageSeverity.Error, default);
    }

    [Theory]
    [InlineData(JournalKinds.RunEnded, """{"messages":[]}""")]
    [InlineData(JournalKinds.RunEnded, """{"state":"Succeeded"}""")]
    [InlineData(JournalKinds.RunEnded, """{"state":null,"messages":[]}""")]
    [InlineData(JournalKinds.StepResult, """{"step":"activate","direction":"Forward","attempt":1,"durationSeconds":1}""")]
    [InlineData(JournalKinds.StepResult, """{"step":"activate","attempt":1,"succeeded":true,"durationSeconds":1}""")]
    [InlineData(JournalKinds.StepResolved, """{"step":"activate","direction":"Forward","by":"probe"}""")]
    public void A_record_that_lacks_what_it_must_have_is_unreadable_and_not_read_as_zeros(string kind, string data)
    {
        var plan = new DeploymentPlan
        {
            Kind = RunKind.Up,
            Environment = "Development",
            Release = new Release("1.0.0"),
            Steps = [new PlannedStep
        {
            Name = "activate",
            Effect = "put it live",
        }]
        };
        var run = new RunLog(Record(JournalKinds.RunPlanned, JsonSerializer.Serialize(new RunPlanned(plan, "me"), JournalJson.Default.RunPlanned)));
        run.Apply(Record(JournalKinds.StepIntent, """{"step":"activate","direction":"Forward","attempt":1}"""));

        var refusal = Assert.Throws<DeploymentException>(() => run.Apply(Record(kind, data)));

        Assert.Equal("DTK7102", Assert.Single(refusal.Messages).Code);
        Assert.Equal((RunState.Unfinished, StepState.InDoubt), (run.State, run.Steps[0].State));
    }

    private static JournalRecord Record(string kind, string data) =>
        new()
        {
            Sequence = 1,
            Time = DateTimeOffset.UnixEpoch,
            Fence = 1,
            Run = "20261121-034351-7f3a",
            Kind = kind,
            Data = JsonDocument.Parse(data).RootElement,
            PreviousHash = "",
            Hash = "",
        };
}
