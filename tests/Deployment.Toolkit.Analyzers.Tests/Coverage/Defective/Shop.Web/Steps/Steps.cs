using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Deployment.Toolkit;

namespace Shop.Web.Steps;

public sealed class {|DTK6003:PurgeCdn|}(HttpClient http) : DeploymentStep
{
    public override string Name => "purge cdn";

    public override bool IsIdempotent => true;

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        http.DeleteAsync(new Uri("https://cdn.example.com/"), cancellationToken);
}

public sealed class {|DTK6003:SendNews|}(HttpClient http) : DeploymentStep
{
    public override string Name => "send news";

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        http.GetStringAsync(new Uri("https://news.example.com/"), cancellationToken).{|DTK6002:Wait|}(cancellationToken);
        return Task.CompletedTask;
    }

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) =>
        http.DeleteAsync(new Uri("https://news.example.com/"), cancellationToken);
}
