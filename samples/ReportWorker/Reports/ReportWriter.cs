using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ReportWorker.Reports;

/// <summary>Writes the day's report once it is due, and asks for the next one after a while.</summary>
internal sealed class ReportWriter(
    IServiceScopeFactory scopes,
    IOptions<ReportOptions> options,
    TimeProvider time,
    ILogger<ReportWriter> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Every, time);
        do
        {
            await WriteAsync(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ReportContext>();
        var now = time.GetUtcNow();
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (await context.Reports.AnyAsync(report => report.Day == day, cancellationToken))
            return;

        var earlier = await context.Reports.LongCountAsync(cancellationToken);
        context.Reports.Add(
            new Report
            {
                Day = day,
                Title = $"The day {day:yyyy-MM-dd}",
                WrittenAt = now,
                Lines =
                {
                    new ReportLine { Name = "earlier reports", Value = earlier },
                },
            }
        );
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            ReportWriterLog.Written(logger, day);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Another replica was there first.
        }
    }
}

internal static partial class ReportWriterLog
{
    [LoggerMessage(1, LogLevel.Information, "Wrote the report of {Day}.")]
    internal static partial void Written(ILogger logger, DateOnly day);
}
