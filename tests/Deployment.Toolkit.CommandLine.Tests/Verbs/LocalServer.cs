using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A real HTTP server on a port of its own, which answers as a test says and remembers what it was asked.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task> _answer;

    internal LocalServer(Func<HttpListenerContext, Task> answer)
    {
        _answer = answer;
        Url = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    internal string Url { get; }

    /// <summary>Path and key of each request.</summary>
    internal ConcurrentQueue<string> Requests { get; } = [];

    internal static LocalServer Answering(int status, string? location = null) => new(context =>
    {
        context.Response.StatusCode = status;
        if (location is not null) context.Response.RedirectLocation = location;
        context.Response.Close();
        return Task.CompletedTask;
    });

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                Requests.Enqueue($"{context.Request.Url!.AbsolutePath} {string.Join(' ', context.Request.Headers.AllKeys.Where(static header => header is "Authorization" or "X-Api-Key").Select(header => $"{header}: {context.Request.Headers[header]}"))}".Trim());
                await _answer(context);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
