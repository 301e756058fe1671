using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ReportWorker.Reports;

/// <summary>Healthy when reports can be read with the model of this code.</summary>
internal sealed class ReportsReadable(ReportContext context) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext health, CancellationToken cancellationToken = default)
    {
        await context.Reports.AsNoTracking().OrderBy(report => report.Id).FirstOrDefaultAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
