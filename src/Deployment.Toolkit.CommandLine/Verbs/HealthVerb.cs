using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Health.Checks;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HealthVerb : Verb
{
    private static readonly TimeSpan UrlTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(2);

    // A timer of .NET takes 49 days.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);

    private readonly Option<Uri?> _url;
    private readonly Option<TimeSpan?> _timeout;
    private readonly Option<bool> _watch;
    private readonly Option<TimeSpan?> _every;

    internal HealthVerb()
    {
        _url = Add(
            new Option<Uri?>("--url")
            {
                HelpName = "URL",
                Description =
                    "Asks the health endpoint of an app that runs there instead of the checks of this process. Only this host is asked, "
                    + "wherever it sends on to.",
                CustomParser = EndpointAddress.Parse,
            }
        );
        _timeout = AddDuration("--url-timeout", "How long that app may take, with a unit: 500ms, 30s, 5m. Default: 10s.");
        _watch = Add(
            new Option<bool>("--watch")
            {
                Description =
                    "Asks again and again, until Ctrl+C: a table that stays in its place, or a line for each change where nobody watches. The "
                    + "exit code is that of the last answer.",
                Arity = ArgumentArity.Zero,
            }
        );
        _every = AddDuration("--every", "How long to wait between two questions of --watch, with a unit: 500ms, 30s, 5m. Default: 2s.");
    }

    internal override string Path => "health";

    internal override string Description => "Asks the health checks that a deployment waits for, once or until it is ended.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy health --environment Staging",
            "deploy health --environment Production --output json",
            "deploy health --environment Production --url http://localhost:8080/health/ready --watch",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var gate = context.Services.GetRequiredService<HealthGate>();
        if (context.Parse.GetValue(_url) is { } url)
        {
            var limit = context.Parse.GetValue(_timeout) ?? UrlTimeout;
            var remote = new RemoteHealth(context.Services.GetRequiredService<TimeProvider>());
            var report = await AskAsync(context, token => remote.AskAsync(url, limit, token), cancellationToken).ConfigureAwait(false);
            return Report(
                context,
                report,
                gate.IsGoodEnough(report),
                $"{(gate.IsGoodEnough(report) ? "Healthy" : "Not healthy")}: {RemoteAddress.Shown(url)} is {Format.Words(report.Status)}."
            );
        }

        var passes = false;
        var health = await AskAsync(
                context,
                async token =>
                {
                    var asked = await context.Deployer.CheckHealthAsync(token).ConfigureAwait(false);
                    passes = asked.Passes;
                    return asked.Report;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return Report(
            context,
            health,
            passes,
            gate.Faults.Count == 0 && gate.NothingBecause is { } reason ? $"Nothing to ask: {reason}"
                : passes ? $"Healthy: a deployment to {context.HostEnvironment} would pass its health gate."
                : $"Not healthy: a deployment to {context.HostEnvironment} would not pass its health gate."
        ) with
        {
            Messages = gate.Faults,
        };
    }

    private static VerbReport Report(VerbContext context, HealthReport report, bool passes, string headline) =>
        new(passes ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, context.HostEnvironment, [])
        {
            Sections = [new ChecksSection(report)],
            Headline = headline,
        };

    private async Task<HealthReport> AskAsync(
        VerbContext context,
        Func<CancellationToken, Task<HealthReport>> ask,
        CancellationToken cancellationToken
    )
    {
        if (!IsGiven(context.Parse, _watch))
            return await ask(cancellationToken).ConfigureAwait(false);

        var time = context.Services.GetRequiredService<TimeProvider>();
        var every = context.Parse.GetValue(_every) ?? WatchEvery;
        HealthReport? last = null;
        await using var watch = HealthWatch.For(context.Terminal, context.Services.GetRequiredService<SecretRedactor>().Redact);
        while (true)
        {
            try
            {
                last = await ask(cancellationToken).ConfigureAwait(false);
                watch.Show(last, time.GetLocalNow());
                await Task.Delay(every, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (last is not null && cancellationToken.IsCancellationRequested)
            {
                // Whoever ends it has seen enough.
                return last;
            }
        }
    }

    private Option<TimeSpan?> AddDuration(string name, string description) =>
        Add(
            new Option<TimeSpan?>(name)
            {
                HelpName = "DURATION",
                Description = description,
                CustomParser = result => Duration.ParseUpTo(result, name, LongestTimeout),
            }
        );
}
