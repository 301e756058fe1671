using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class WatchVerb : Verb
{
    private static readonly WatchRequest Defaults = new();

    private readonly Option<TimeSpan?> _for;
    private readonly Option<TimeSpan?> _every;
    private readonly Option<int> _failures;
    private readonly Option<Uri?> _url;
    private readonly Option<Uri?> _metricsUrl;
    private readonly Option<double?> _maxErrorRate;
    private readonly Option<int> _minRequests;
    private readonly Option<TimeSpan?> _window;
    private readonly Option<bool> _reportOnly;

    internal WatchVerb()
    {
        _for = AddDuration("--for", "For how long, with a unit: 30s, 10m, 2h. Default: 10m.", TimeSpan.FromDays(30));
        _every = AddDuration("--every", "How long to wait between two questions, with a unit. Default: 10s.", TimeSpan.FromDays(1));
        _failures = Add(
            new Option<int>("--failures")
            {
                HelpName = "COUNT",
                Description = "How many bad answers in a row mean that it is not well. Default: 3.",
                DefaultValueFactory = static _ => Defaults.Failures,
                CustomParser = Counted.Parse,
            }
        );
        _url = Add(
            new Option<Uri?>("--url")
            {
                HelpName = "URL",
                Description = "The health endpoint of the app that serves, instead of the checks of this process.",
                CustomParser = EndpointAddress.Parse,
            }
        );
        _metricsUrl = Add(
            new Option<Uri?>("--metrics-url")
            {
                HelpName = "URL",
                Description = "Where the app that serves tells its metrics in the text format of Prometheus, for its error rate.",
                CustomParser = EndpointAddress.Parse,
            }
        );
        _maxErrorRate = Add(
            new Option<double?>("--max-error-rate")
            {
                HelpName = "PERCENT",
                Description = "Which share of requests may be answered with 5xx, for example 1%. Goes with --metrics-url.",
                CustomParser = Percentage.Parse,
            }
        );
        _minRequests = Add(
            new Option<int>("--min-requests")
            {
                HelpName = "COUNT",
                Description = "How many requests there have to be for their error rate to say anything. Default: 100.",
                DefaultValueFactory = static _ => Defaults.MinRequests,
                CustomParser = Counted.Parse,
            }
        );
        _window = AddDuration("--error-window", "Over which time the error rate is taken, with a unit. Default: 1m.", TimeSpan.FromDays(1));
        _reportOnly = Add(
            new Option<bool>("--report-only")
            {
                Description = "Only tells that it is not well, by exit code 1; nothing is rolled back.",
                Arity = ArgumentArity.Zero,
            }
        );
        TakesLockTimeout();
        TakesAs();
        TakesAcceptDataLoss();
    }

    internal override string Path => "watch";

    internal override string Description => "Watches the release that is live, and rolls it back, once, when it is not well.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy watch --environment Production --for 15m --url https://app.example.org/health/ready",
            "deploy watch --environment Production --metrics-url https://app.example.org/metrics --max-error-rate 1%",
            "deploy watch --environment Staging --for 2m --every 5s --failures 2 --report-only",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new WatchRequest
        {
            For = parse.GetValue(_for) ?? Defaults.For,
            Every = parse.GetValue(_every) ?? Defaults.Every,
            Failures = parse.GetValue(_failures),
            Url = parse.GetValue(_url),
            MetricsUrl = parse.GetValue(_metricsUrl),
            MaxErrorRate = parse.GetValue(_maxErrorRate),
            MinRequests = parse.GetValue(_minRequests),
            ErrorWindow = parse.GetValue(_window) ?? Defaults.ErrorWindow,
            ReportOnly = IsGiven(parse, _reportOnly),
            AcceptDataLoss = AcceptsDataLoss(parse),
            LockTimeout = LockTimeout(parse),
            Progress = context.Progress,
        };
        return RunSection.Report(await context.Deployer.WatchAsync(request, cancellationToken).ConfigureAwait(false));
    }

    private Option<TimeSpan?> AddDuration(string name, string description, TimeSpan longest) =>
        Add(
            new Option<TimeSpan?>(name)
            {
                HelpName = "DURATION",
                Description = description,
                CustomParser = result => Duration.ParseUpTo(result, name, longest),
            }
        );
}
