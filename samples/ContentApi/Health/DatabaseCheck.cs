using ContentApi.Content;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ContentApi.Health;

/// <summary>Healthy when the templates can be read.</summary>
internal sealed class DatabaseCheck(ContentDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var count = (await database.QueryAsync("SELECT count(*) FROM content_templates", static row => row.GetInt64(0), cancellationToken))[
            0
        ];
        return HealthCheckResult.Healthy($"{count} templates");
    }
}
