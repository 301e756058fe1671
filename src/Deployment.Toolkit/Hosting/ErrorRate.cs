using System.Globalization;
using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Health.Checks;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Which share of an app's requests failed over the last while, by its own counters. What few requests say it does not take for an answer,
/// and neither what it cannot read: that the numbers are away is no fault of the release.
/// </summary>
internal sealed class ErrorRate(WatchRequest request, TimeProvider time)
{
    private readonly Queue<(long At, RequestCounts Counts)> _samples = [];
    private RequestCounts? _last;
    private string? _silent;
    private int _told;
    private double _worst;

    /// <summary>What there is to say of it in the end.</summary>
    internal string Summary =>
        _told == 0
            ? $" Its error rate was never told: {_silent ?? "nothing was asked"}."
            : string.Create(CultureInfo.InvariantCulture, $" Its error rate was told {_told} times, at most {Percent(_worst)}.");

    /// <returns>What is wrong; <see langword="null"/> when nothing is, or nothing is told.</returns>
    internal async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken).ConfigureAwait(false) is not { } counts)
            return null;

        var now = time.GetTimestamp();
        // An app that was started anew counts from the beginning.
        if (_last is { } last && (counts.Answered < last.Answered || counts.Failed < last.Failed))
            _samples.Clear();
        _last = counts;
        _samples.Enqueue((now, counts));
        // The newest that is old enough is what the window begins with.
        while (_samples.Count > 1 && time.GetElapsedTime(_samples.ElementAt(1).At, now) >= request.ErrorWindow)
            _samples.Dequeue();
        var before = _samples.Peek().Counts;
        var (answered, failed) = (counts.Answered - before.Answered, counts.Failed - before.Failed);
        if (answered < request.MinRequests)
        {
            _silent = string.Create(
                CultureInfo.InvariantCulture,
                $"there were {answered:0} requests, and fewer than {request.MinRequests} say nothing"
            );
            return null;
        }

        var rate = failed / answered;
        _told++;
        _worst = Math.Max(_worst, rate);
        return rate <= request.MaxErrorRate
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Percent(rate)} of {answered:0} requests failed, and {Percent(request.MaxErrorRate!.Value)} may"
            );
    }

    private async Task<RequestCounts?> ReadAsync(CancellationToken cancellationToken)
    {
        var address = request.MetricsUrl!;
        using var limit = new CancellationTokenSource(request.UrlTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
            using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            using var answer = await RemoteHealth.GetAsync(client, address, both.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                _silent = $"{RemoteAddress.Shown(address)} answers {(int)answer.StatusCode}";
                return null;
            }

            var body = await BoundedBody.ReadAsync(answer.Content, both.Token).ConfigureAwait(false);
            var counts = RequestCounts.Read(Encoding.UTF8.GetString(body.Span));
            if (counts is null)
                _silent = $"{RemoteAddress.Shown(address)} has neither {RequestCounts.Names}";
            return counts;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or InvalidDataException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _silent = limit.IsCancellationRequested
                ? $"{RemoteAddress.Shown(address)} does not answer in time"
                : $"{RemoteAddress.Shown(address)}: {VisibleText.Line(e.Message).TrimEnd('.')}";
            return null;
        }
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");
}
