using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>An app that stops under load: whether requests are lost, and what becomes of those that don't end.</summary>
public sealed class LameDuckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_that_keep_their_connection_lose_nothing_and_without_it_they_do()
    {
        var (with, answered) = await FailuresAsync(static deployment => deployment.AddLameDuck(static o => o.CloseFor = TimeSpan.FromSeconds(1)));
        // Nothing at all, and a delay alone, which is what most apps have, lose those that are on their way when it ends: mostly some, and at times by chance none.
        var without = await UntilSomeAreLostAsync(static _ => { });
        var delayed = await UntilSomeAreLostAsync(static deployment => deployment.AddLameDuck(static o => { o.AcceptFor = TimeSpan.FromSeconds(1); o.CloseFor = TimeSpan.Zero; }));
        TestContext.Current.SendDiagnosticMessage($"{answered} requests: {with} lost with the lame duck, {without} without, {delayed} with a delay alone");
        Assert.Equal(0, with);
        Assert.True(without > 0 && delayed > 0, $"the test does not bite: {without} {delayed}");
    }

    private static async Task<int> UntilSomeAreLostAsync(Action<DeploymentBuilder> configure)
    {
        var lost = 0;
        for (var i = 0; lost == 0 && i < 10; i++)
            (lost, _) = await FailuresAsync(configure);
        return lost;
    }

    [Fact]
    public async Task From_the_signal_on_it_is_not_ready_and_still_serves()
    {
        await using var app = await StartAsync(static deployment => deployment.AddLameDuck(static o => { o.AcceptFor = TimeSpan.FromSeconds(1); o.CloseFor = TimeSpan.FromSeconds(1); }));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready", Token)).StatusCode);
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        // What SIGTERM does.
        lifetime.StopApplication();
        var stopped = app.StopAsync(Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready", Token)).StatusCode);
        using var first = await client.PostAsync("/work", null, Token);
        Assert.Equal((HttpStatusCode.OK, null), (first.StatusCode, first.Headers.ConnectionClose));
        using var told = await AskUntilToldToCloseAsync(client);
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        await stopped;
    }

    [Fact]
    public async Task Clients_of_HTTP_2_are_told_by_GOAWAY_and_go_elsewhere_without_losing_a_request()
    {
        await using var leaving = await StartAsync(static deployment =>
        {
            deployment.AddLameDuck(static o => o.CloseFor = TimeSpan.FromSeconds(2));
            deployment.Host.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http2));
        });
        var connections = 0;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) =>
            {
                Interlocked.Increment(ref connections);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri(leaving.Urls.Single()), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        for (var i = 0; i < 5; i++) await AskAsync();
        Assert.Equal(1, connections);

        // A request may have been sent before its connection was told, so a second connection is opened by one that comes behind.
        var stopping = leaving.StopAsync(Token);
        while (Volatile.Read(ref connections) < 3) await AskAsync();
        await stopping;

        async Task AskAsync()
        {
            using var answer = await client.PostAsync("/work", null, Token);
            Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        }
    }

    [Fact]
    public async Task What_does_not_end_is_told_to_and_then_cut_off_counted_and_named()
    {
        var logs = new Lines();
        var cut = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) => { if (instrument.Meter.Name == Telemetry.Name && instrument.Name == "deployment.drain.aborted") listener.EnableMeasurementEvents(instrument); };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref cut, value));
        listener.Start();
        var hanging = new TaskCompletionSource();
        var begun = new CountdownEvent(3);
        await using var app = await StartAsync(
            static deployment => deployment.AddLameDuck(static o => { o.CloseFor = TimeSpan.Zero; o.DrainLimit = TimeSpan.FromSeconds(2); }),
            app =>
            {
                app.MapGet("/hangs/{id}", async () => { begun.Signal(); await hanging.Task; });
                app.MapGet("/stream", async context =>
                {
                    await context.Response.WriteAsync("begun;", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    begun.Signal();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                });
                app.UseWebSockets();
                app.Map("/socket", async context =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    begun.Signal();
                    await socket.ReceiveAsync(new byte[10], CancellationToken.None);
                });
            },
            logs);
        var address = new Uri(app.Urls.Single());
        using var client = new HttpClient { BaseAddress = address };
        var hangs = client.GetAsync("/hangs/4711", Token);
        var stream = client.GetStringAsync("/stream", Token);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{address.Port}/socket"), Token);
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20), Token));

        var stopped = app.StopAsync(Token);
        Assert.Equal("begun;", await stream);
        var received = await socket.ReceiveAsync(new byte[10], Token);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable), (received.MessageType, received.CloseStatus));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        await Assert.ThrowsAsync<HttpRequestException>(() => hangs);
        hanging.SetResult();
        await stopped;
        Assert.Equal(1, Interlocked.Read(ref cut));
        Assert.StartsWith("GET /hangs/{id} was cut off", Assert.Single(logs.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_waits_as_long_as_it_needs_and_no_less_than_it_was_told()
    {
        await using var app = await StartAsync(static deployment => deployment.AddLameDuck(static o => { o.AcceptFor = TimeSpan.FromSeconds(20); o.DrainLimit = TimeSpan.FromMinutes(1); }));
        Assert.Equal(TimeSpan.FromSeconds(20 + 2 + 60 + 2), app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        await using var other = await StartAsync(static deployment =>
        {
            deployment.AddLameDuck();
            deployment.Host.Services.Configure<HostOptions>(static o => o.ShutdownTimeout = TimeSpan.FromMinutes(9));
        });
        Assert.Equal(TimeSpan.FromMinutes(9), other.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(24, true)]
    [InlineData(25, false)]
    [InlineData(null, false)]
    public async Task A_platform_that_kills_it_earlier_is_told_beforehand(int? seconds, bool isTold)
    {
        await using var app = await StartAsync(deployment => deployment.AddLameDuck(o => o.PlatformGives = seconds is { } given ? TimeSpan.FromSeconds(given) : null));
        var check = await app.Services.GetRequiredService<Deployer>().CheckAsync(new CheckRequest(), Token);
        var told = check.Messages.Where(static message => message.Code == "DTK7506").ToList();
        Assert.Equal(isTold ? 1 : 0, told.Count(static message => message.Severity == MessageSeverity.Warning));
        if (isTold) Assert.Contains($"takes up to 24 s to stop, and the platform kills it after {seconds} s", told[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Railways_limit_is_read_where_it_runs()
    {
        foreach (var (variable, value, isTold) in ((string, string, bool)[])[("RAILWAY_DEPLOYMENT_DRAINING_SECONDS", "10", true), ("RAILWAY_DEPLOYMENT_DRAINING_SECONDS", "60", false), ("RAILWAY_ENVIRONMENT_ID", "x", true)])
        {
            await using var app = await StartAsync(deployment =>
            {
                ((Microsoft.Extensions.Configuration.IConfigurationManager)deployment.Host.Configuration)[variable] = value;
                deployment.AddLameDuck();
            });
            Assert.Equal(isTold, (await app.Services.GetRequiredService<Deployer>().CheckAsync(new CheckRequest(), Token)).Messages.Any(static message => message.Code == "DTK7506"));
        }
    }

    [Fact]
    public void Times_that_could_not_be_waited_for_are_refused()
    {
        var options = new LameDuckOptions();
        Assert.Throws<ArgumentOutOfRangeException>(() => options.AcceptFor = TimeSpan.FromSeconds(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.CloseFor = TimeSpan.FromHours(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.DrainLimit = Timeout.InfiniteTimeSpan);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.PlatformGives = TimeSpan.FromSeconds(-1));
    }

    private static async Task<(int Failed, int Answered)> FailuresAsync(Action<DeploymentBuilder> configure)
    {
        await using var leaving = await StartAsync(configure);
        await using var staying = await StartAsync(static _ => { });
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 16).Select(_ => new KeepAliveClient(new Uri(leaving.Urls.Single()).Port, new Uri(staying.Urls.Single()).Port)).ToList();
        var running = clients.Select(client => Task.Run(() => client.RunAsync(TimeSpan.FromMilliseconds(20), end.Token), Token)).ToList();
        await Until.TrueAsync(() => clients.All(static client => client.Answered > 5), "all clients are served");
        await leaving.StopAsync(Token);
        var before = clients.Select(static client => client.Answered).ToList();
        await Until.TrueAsync(() => clients.Zip(before).All(static pair => pair.First.Answered > pair.Second + 5), "all clients are served elsewhere");
        await end.CancelAsync();
        await Task.WhenAll(running);
        return (clients.Sum(static client => client.Failed), clients.Sum(static client => client.Answered));
    }

    private static async Task<HttpResponseMessage> AskUntilToldToCloseAsync(HttpClient client)
    {
        while (true)
        {
            var answer = await client.PostAsync("/work", null, Token);
            if (answer.Headers.ConnectionClose == true) return answer;
            answer.Dispose();
        }
    }

    private static async Task<WebApplication> StartAsync(Action<DeploymentBuilder> configure, Action<WebApplication>? map = null, ILoggerProvider? logs = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        if (logs is not null) builder.Logging.AddProvider(logs);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHealthChecks();
        configure(builder.AddDeployment());
        var app = builder.Build();
        app.MapDeploymentHealth();
        app.MapPost("/work", static () => Results.Text("done"));
        map?.Invoke(app);
        await app.StartAsync(Token);
        return app;
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly List<string> _all = [];

        internal IReadOnlyList<string> All { get { lock (_all) return [.. _all]; } }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lock (_all) _all.Add(formatter(state, exception));
        }

        public void Dispose() { }
    }
}
