namespace Deployment.Toolkit;

/// <summary>How <see cref="Deployer.WatchAsync"/> watches the release that is live.</summary>
public sealed record WatchRequest : DeploymentRequest
{
    /// <summary>
    /// For how long. Above zero, at most 30 days, and long enough for <see cref="Failures"/> questions; a row of bad answers that is open
    /// when it is over is seen to its end. Default 10 minutes.
    /// </summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait between two questions. Above zero, at most a day. Default 10 seconds.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many bad answers in a row mean that the release is not well; one that is good in between starts the count anew. At least 1.
    /// Default 3.
    /// </summary>
    public int Failures { get; init; } = 3;

    /// <summary>
    /// The health endpoint of the app that serves, instead of the checks of this process: only it knows how the release is that is live.
    /// Default <see langword="null"/>.
    /// </summary>
    public Uri? Url { get; init; }

    /// <summary>How long that app may take to answer. Default 10 seconds.</summary>
    public TimeSpan UrlTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Where the app that serves tells its metrics in the text format of Prometheus, for its error rate: the counters of
    /// <c>http.server.request.duration</c> as OpenTelemetry exports them, or of prometheus-net. At most 1 MiB is read. Default
    /// <see langword="null"/>.
    /// </summary>
    public Uri? MetricsUrl { get; init; }

    /// <summary>
    /// Which share of the requests may be answered with 5xx over <see cref="ErrorWindow"/>, from 0 to below 1; 0.01 is one in a hundred.
    /// More is a bad answer like that of a health check. Goes with <see cref="MetricsUrl"/>. Default <see langword="null"/>.
    /// </summary>
    public double? MaxErrorRate { get; init; }

    /// <summary>How many requests there have to be in the window for its error rate to say anything. At least 1. Default 100.</summary>
    public int MinRequests { get; init; } = 100;

    /// <summary>Over which time the error rate is taken. Above zero, at most a day. Default 1 minute.</summary>
    public TimeSpan ErrorWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether it is only told that the release is not well, and nothing is rolled back. Default <see langword="false"/>.
    /// </summary>
    public bool ReportOnly { get; init; }

    /// <summary>Whether rows written since a backup may be lost by restoring it. Default <see langword="false"/>.</summary>
    public bool AcceptDataLoss { get; init; }
}
