using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Health.Checks;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HealthVerb : Verb
{
    private static readonly TimeSpan UrlTimeout = TimeSpan.FromSeconds(10);

    // A timer of .NET takes 49 days.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);

    private readonly Option<Uri?> _url;
    private readonly Option<TimeSpan?> _timeout;

    internal HealthVerb()
    {
        _url = Add(
            new Option<Uri?>("--url")
            {
                HelpName = "URL",
                Description =
                    "Asks the health endpoint of an app that runs there instead of the checks of this process. Only this host is asked, "
                    + "wherever it sends on to.",
                CustomParser = static result =>
                {
                    var text = result.Tokens[0].Value;
                    if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
                        return url;

                    result.AddError(
                        "Option '--url' is no address to ask: http or https, with a host, and without a user's name. Write for example "
                            + "--url https://app.example.org/health/ready."
                    );
                    return null;
                },
            }
        );
        _timeout = Add(
            new Option<TimeSpan?>("--url-timeout")
            {
                HelpName = "DURATION",
                Description = "How long that app may take, with a unit: 500ms, 30s, 5m. Default: 10s.",
                CustomParser = static result =>
                {
                    if (Duration.Parse(result) is not { } limit)
                        return null;
                    if (limit > TimeSpan.Zero && limit <= LongestTimeout)
                        return limit;

                    result.AddError(
                        $"Option '--url-timeout' is '{result.Tokens[0].Value}'. It has to be above zero and at most 30 days: write for example 30s."
                    );
                    return null;
                },
            }
        );
    }

    internal override string Path => "health";

    internal override string Description => "Asks the health checks that a deployment waits for, once.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy health --environment Staging",
            "deploy health --environment Production --output json",
            "deploy health --environment Production --url http://localhost:8080/health/ready",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var gate = context.Services.GetRequiredService<HealthGate>();
        if (context.Parse.GetValue(_url) is { } url)
            return await AskAsync(context, gate, url, cancellationToken).ConfigureAwait(false);

        var health = await context.Deployer.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        return new VerbReport(health.Passes ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, context.HostEnvironment, gate.Faults)
        {
            Sections = [new ChecksSection(health.Report)],
            Headline =
                gate.Faults.Count == 0 && gate.NothingBecause is { } reason ? $"Nothing to ask: {reason}"
                : health.Passes ? $"Healthy: a deployment to {context.HostEnvironment} would pass its health gate."
                : $"Not healthy: a deployment to {context.HostEnvironment} would not pass its health gate.",
        };
    }

    private async Task<VerbReport> AskAsync(VerbContext context, HealthGate gate, Uri url, CancellationToken cancellationToken)
    {
        var limit = context.Parse.GetValue(_timeout) ?? UrlTimeout;
        var remote = new RemoteHealth(context.Services.GetRequiredService<TimeProvider>());
        var report = await remote.AskAsync(url, limit, cancellationToken).ConfigureAwait(false);
        var passes = gate.IsGoodEnough(report);
        return new VerbReport(passes ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, context.HostEnvironment, [])
        {
            Sections = [new ChecksSection(report)],
            Headline = $"{(passes ? "Healthy" : "Not healthy")}: {RemoteAddress.Shown(url)} is {Format.Words(report.Status)}.",
        };
    }
}
