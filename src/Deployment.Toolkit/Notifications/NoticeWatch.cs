using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Notifications;

/// <summary>Tells in a running app what a command did not live, or did not get, to tell.</summary>
internal sealed class NoticeWatch(Func<NoticeSender?> sender, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (sender() is not { } telling)
            return;

        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            await telling.TellAsync(Limit, isAtOnce: false, stoppingToken).ConfigureAwait(false);
    }
}
