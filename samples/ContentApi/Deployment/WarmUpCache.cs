using ContentApi.Content;
using Deployment.Toolkit;

namespace ContentApi.Deployment;

/// <summary>
/// Reads the templates once before the health gate, so that a schema that the code cannot read shows here and not in a request.
/// </summary>
internal sealed class WarmUpCache(ContentCache cache) : DeploymentStep
{
    public override string Name => "warm up cache";

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription("read the templates into the cache") { WayBack = "empty the cache" });

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        cache.Clear();
        var templates = await cache.GetTemplatesAsync(cancellationToken);
        context.Write($"{templates.Count} templates");
    }

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        cache.Clear();
        return Task.CompletedTask;
    }
}
