using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>
/// Where migrations of tenants meet: the first is watched alone, and the others wait until as many have come as may at once.
/// </summary>
internal sealed class Meeting(int places)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _now;

    internal List<string> Moments { get; } = [];

    internal int Most { get; private set; }

    internal async Task MeetAsync(string who, CancellationToken cancellationToken)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = Moments.Count == 0;
            Moments.Add("+" + who);
            Most = Math.Max(Most, ++_now);
            if (_now == places) _full.TrySetResult();
        }

        if (!isFirst) await _full.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
        lock (_gate)
        {
            Moments.Add("-" + who);
            _now--;
        }
    }
}

/// <summary>A migration that takes part.</summary>
[Migration("0002", "meet", Database = "Tenants")]
internal sealed class Meet(Meeting meeting) : Migration
{
    public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
    {
        await meeting.MeetAsync(Path.GetFileNameWithoutExtension(context.Connection.DataSource), cancellationToken);
        await context.ExecuteAsync("CREATE TABLE met (id INTEGER PRIMARY KEY)", cancellationToken);
    }

    public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
        context.ExecuteAsync("DROP TABLE met", cancellationToken);
}
