using Deployment.Toolkit.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Deployment.Toolkit.AspNetCore.Drain;

/// <summary>
/// A request under way. Its <c>RequestAborted</c> can be set without cutting its connection, so that it may still end well.
/// </summary>
internal sealed class ServedRequest : IHttpRequestLifetimeFeature, IHttpUpgradeFeature, IHttpExtendedConnectFeature, IDisposable
{
    private const string WebSocket = "websocket";

    private static readonly TimeSpan ForClosing = TimeSpan.FromSeconds(1);

    private readonly HttpContext _context;
    private readonly IHttpRequestLifetimeFeature _lifetime;
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;
    private readonly CancellationTokenSource _aborted;
    private volatile UpgradedStream? _webSocket;

    internal ServedRequest(HttpContext context)
    {
        _context = context;
        _lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _upgrade = context.Features.Get<IHttpUpgradeFeature>();
        _connect = context.Features.Get<IHttpExtendedConnectFeature>();
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(_lifetime.RequestAborted);
        RequestAborted = _aborted.Token;
        Name = VisibleText.Line(context.Request.Method);
        context.Features.Set<IHttpRequestLifetimeFeature>(this);
        if (_upgrade is not null)
            context.Features.Set<IHttpUpgradeFeature>(this);
        if (_connect is not null)
            context.Features.Set<IHttpExtendedConnectFeature>(this);
    }

    public CancellationToken RequestAborted { get; set; }

    public bool IsUpgradableRequest => _upgrade!.IsUpgradableRequest;

    public bool IsExtendedConnect => _connect!.IsExtendedConnect;

    public string? Protocol => _connect!.Protocol;

    /// <summary>What the log calls it: by its route, which holds no values of whoever asks.</summary>
    internal string Name { get; private set; }

    /// <summary>Whether the server asked it to end.</summary>
    internal bool IsToldToEnd { get; private set; }

    public void Abort() => _lifetime.Abort();

    public async Task<Stream> UpgradeAsync()
    {
        var stream = await _upgrade!.UpgradeAsync().ConfigureAwait(false);
        return string.Equals(_context.Request.Headers.Upgrade, WebSocket, StringComparison.OrdinalIgnoreCase)
            ? _webSocket = new UpgradedStream(stream)
            : stream;
    }

    public async ValueTask<Stream> AcceptAsync()
    {
        var stream = await _connect!.AcceptAsync().ConfigureAwait(false);
        return string.Equals(Protocol, WebSocket, StringComparison.OrdinalIgnoreCase) ? _webSocket = new UpgradedStream(stream) : stream;
    }

    internal async Task TellToEndAsync()
    {
        IsToldToEnd = true;
        try
        {
            if (_context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
                Name = $"{Name} {route}";
            if (_webSocket is { } socket)
            {
                using var limit = new CancellationTokenSource(ForClosing);
                await socket.CloseWebSocketAsync(limit.Token).ConfigureAwait(false);
            }
            else
            {
                await _aborted.CancelAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // What the app registered with its token is the app's: the other requests have to be told as well.
        catch (Exception)
#pragma warning restore CA1031
        {
            // It is cut off next, which is counted and named.
        }
    }

    internal void CutOff()
    {
        try
        {
            _lifetime.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }

    public void Dispose()
    {
        _context.Features.Set(_lifetime);
        if (_upgrade is not null)
            _context.Features.Set(_upgrade);
        if (_connect is not null)
            _context.Features.Set(_connect);
        _aborted.Dispose();
    }
}
