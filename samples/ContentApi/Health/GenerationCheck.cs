using ContentApi.Content;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ContentApi.Health;

/// <summary>Lets the provider write something small and looks at its quality: below the threshold it is degraded.</summary>
internal sealed class GenerationCheck(IContentProvider provider, IOptionsMonitor<ContentOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var text = await provider.GenerateAsync("One sentence that explains it to a child.", "why the sky is blue", cancellationToken);
        var threshold = options.CurrentValue.QualityThreshold;
        return text.Quality < threshold
            ? HealthCheckResult.Degraded(
                FormattableString.Invariant($"quality {text.Quality:0.00} is below the threshold of {threshold:0.00}")
            )
            : HealthCheckResult.Healthy(FormattableString.Invariant($"quality {text.Quality:0.00}"));
    }
}
