using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.KillApp;

/// <summary>Writes a line to a file that must hold it exactly once: not idempotent, but it can be looked at.</summary>
internal sealed class Announce(IHostEnvironment host) : DeploymentStep
{
    private readonly string _file = Path.Combine(host.ContentRootPath, "announced.txt");

    public override string Name => "announce";

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription("announce the release") { WayBack = "take the announcement back" });

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        context.Save("line", context.Release.Version);
        return File.AppendAllTextAsync(_file, context.Release.Version + "\n", cancellationToken);
    }

    public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(Lines().Contains(LineOf(context)) ? ProbeOutcome.Done : ProbeOutcome.NotDone);

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        var kept = Lines().Where(line => line != LineOf(context));
        var temporary = _file + ".tmp";
        File.WriteAllText(temporary, string.Concat(kept.Select(static line => line + "\n")));
        File.Move(temporary, _file, overwrite: true);
        return Task.CompletedTask;
    }

    // In a rollback the plan's release is the one that it goes back to; what is taken back is what was saved.
    private static string LineOf(StepContext context) => context.Data.GetValueOrDefault("line", context.Release.Version);

    private string[] Lines() => File.Exists(_file) ? File.ReadAllLines(_file) : [];
}
