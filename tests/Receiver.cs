using System.Collections.Concurrent;
using System.Net;

namespace Deployment.Toolkit.Testing;

/// <summary>What was posted to a receiver.</summary>
internal sealed record Posted(string ContentType, string Body);

/// <summary>A receiver of webhooks on a port of its own, which answers, fails, hangs or is away as it is told.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener _listener;
    private readonly CancellationTokenSource _stop = new();

    internal Receiver()
    {
        for (var i = 0; ; i++)
        {
            // One that could not start is closed by that.
            Port = Random.Shared.Next(20_000, 60_000);
            _listener = new HttpListener();
            _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (i < 20)
            {
                // Somebody has that one.
            }
        }

        _ = Task.Run(ListenAsync);
    }

    internal int Port { get; }

    internal string Address => $"http://127.0.0.1:{Port}/hook?token=canary-token-71";

    /// <summary>How each call is answered: a status, and what else it says; a negative status never answers.</summary>
    internal Func<int, int> Answer { get; set; } = static _ => 200;

    internal string? RetryAfter { get; set; }

    internal ConcurrentQueue<Posted> Taken { get; } = [];

    internal int Calls => _calls;

    private int _calls;
    private int _isDisposed;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1) return;
        _stop.Cancel();
        _listener.Close();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        var status = Answer(Interlocked.Increment(ref _calls));
        if (status < 0) return;
        if (RetryAfter is { } after) context.Response.Headers["Retry-After"] = after;
        if (status is >= 200 and < 300) Taken.Enqueue(new Posted(context.Request.ContentType ?? "", body));
        context.Response.StatusCode = status;
        context.Response.Close();
    }
}
