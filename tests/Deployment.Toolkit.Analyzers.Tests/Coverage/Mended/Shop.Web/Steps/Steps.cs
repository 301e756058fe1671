using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Deployment.Toolkit;

namespace Shop.Web.Steps;

[Irreversible("What is gone from the network comes back by itself.")]
public sealed class PurgeCdn(HttpClient http) : DeploymentStep
{
    public override string Name => "purge cdn";

    public override bool IsIdempotent => true;

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        http.DeleteAsync(new Uri("https://cdn.example.com/"), cancellationToken);
}

public sealed class SendNews(HttpClient http) : DeploymentStep
{
    public override string Name => "send news";

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        http.GetStringAsync(new Uri("https://news.example.com/"), cancellationToken);

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var sent = await http.GetStringAsync(new Uri("https://news.example.com/sent"), cancellationToken);
        return sent.Length > 0 ? ProbeOutcome.Done : ProbeOutcome.NotDone;
    }

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) =>
        http.DeleteAsync(new Uri("https://news.example.com/"), cancellationToken);
}
