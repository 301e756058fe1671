using System.Data;
using System.Data.Common;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deployment.Toolkit.Health.Checks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>The checks that come with the toolkit, against a real server, a real disk, a real database.</summary>
public sealed class BuiltInCheckTests
{
    private static CancellationToken Token => WebHost.Token;

    [Fact]
    public async Task An_address_is_well_by_its_status_and_its_headers()
    {
        await using var app = await ServeAsync(static app =>
        {
            app.MapGet("/ok", static (HttpContext context) => { context.Response.Headers["X-Region"] = "eu"; context.Response.StatusCode = context.Request.Headers["X-Key"] == "c4n4ry" ? 200 : 401; });
            app.MapGet("/teapot", static () => Results.StatusCode(418));
            app.MapGet("/elsewhere", static () => Results.Redirect("/ok"));
        });
        var url = app.Urls.Single();
        static void WithKey(HttpHealthOptions options) => options.RequestHeaders = static () => new Dictionary<string, string> { ["X-Key"] = "c4n4ry" };

        var report = await AskAsync(checks => checks
            .AddHttpCheck("well", new Uri(url + "/ok?key=c4n4ry"), static o => { WithKey(o); o.AnswerHeaders["x-region"] = "eu"; o.AnswerHeaders["Date"] = null; })
            .AddHttpCheck("no key", new Uri(url + "/ok?key=c4n4ry"))
            .AddHttpCheck("region", new Uri(url + "/ok"), static o => { WithKey(o); o.AnswerHeaders["X-Region"] = "us"; })
            .AddHttpCheck("header", new Uri(url + "/ok"), static o => { WithKey(o); o.AnswerHeaders["X-Zone"] = null; })
            .AddHttpCheck("teapot", new Uri(url + "/teapot"), static o => o.Statuses.Add((HttpStatusCode)418))
            .AddHttpCheck("elsewhere", new Uri(url + "/elsewhere"))
            .AddHttpCheck("nobody", new Uri("http://127.0.0.1:1/")));
        Assert.Equal("answers 200", Well(report, "well"));
        Assert.Equal("answers 418", Well(report, "teapot"));
        Assert.Equal($"{url}/ok answers 401", Ill(report, "no key"));
        Assert.Equal($"{url}/ok answers with another value of header X-Region", Ill(report, "region"));
        Assert.Equal($"{url}/ok answers without header X-Zone", Ill(report, "header"));
        Assert.Equal($"{url}/elsewhere answers 302", Ill(report, "elsewhere"));
        Assert.Contains("refused", Ill(report, "nobody"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_port_is_well_while_somebody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal($"127.0.0.1:{port} listens", Well(await AskAsync(checks => checks.AddTcpCheck("port", "127.0.0.1", port)), "port"));
        listener.Stop();
        Assert.Contains("refused", Ill(await AskAsync(checks => checks.AddTcpCheck("port", "127.0.0.1", port)), "port"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_disk_is_well_while_it_has_room()
    {
        var report = await AskAsync(static checks => checks.AddDiskCheck("room", Path.GetTempPath(), 1).AddDiskCheck("full", Path.GetTempPath(), long.MaxValue));
        Assert.Matches("MiB free under ", Well(report, "room"));
        Assert.Matches("less than [0-9,]+ MiB$", Ill(report, "full"));
    }

    [Fact]
    public async Task Memory_is_told_against_its_limit()
    {
        Assert.Matches("^[0-9,]+ of [0-9,]+ MiB used$", Well(await AskAsync(static checks => checks.AddMemoryCheck("memory", most: 1)), "memory"));
        var check = new MemoryHealthCheck(0.9, static () => (950L << 20, 1000L << 20));
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("memory", check, HealthStatus.Degraded, null) };
        var answer = await check.CheckHealthAsync(context, Token);
        Assert.Equal((HealthStatus.Degraded, "950 of 1,000 MiB used, more than 90 %"), (answer.Status, answer.Description?.Replace("90%", "90 %", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_database_is_asked_over_the_apps_own_source()
    {
        SQLitePCL.Batteries_V2.Init();
        await using var source = new CountedSource("Data Source=:memory:");
        await using var broken = new CountedSource("Data Source=/nowhere/at/all.db;Mode=ReadOnly");
        var report = await AskAsync(checks =>
        {
            checks.AddDatabaseCheck("registered").AddDatabaseCheck("named", _ => source, "SELECT count(*) FROM sqlite_master").AddDatabaseCheck("broken", _ => broken);
            checks.Services.AddSingleton<DbDataSource>(source);
        });
        Assert.Equal("answers", Well(report, "registered"));
        Assert.Equal("answers", Well(report, "named"));
        Assert.Contains("unable to open database file", Ill(report, "broken"), StringComparison.Ordinal);
        // Each was given back.
        Assert.Equal((2, 2), (source.Opened, source.Closed));
    }

    [Theory]
    [InlineData(-1, "ended at")]
    [InlineData(3, "comes from nobody that this machine trusts")]
    public async Task A_certificate_that_has_ended_or_that_nobody_trusts_is_told(int days, string text)
    {
        using var certificate = Certificate(days);
        await using var app = await ServeAsync(static _ => { }, certificate);
        var port = new Uri(app.Urls.Single()).Port;
        Assert.Contains(text, Ill(await AskAsync(checks => checks.AddCertificateCheck("certificate", "localhost", port)), "certificate"), StringComparison.Ordinal);
        Assert.Contains("another host's", days < 0 ? "another host's" : Ill(await AskAsync(checks => checks.AddCertificateCheck("certificate", "127.0.0.1", port)), "certificate"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(13, HealthStatus.Degraded, "the certificate of app:443 ends at ")]
    [InlineData(15, HealthStatus.Healthy, "good until ")]
    public void A_trusted_certificate_is_degraded_before_it_ends(int days, HealthStatus status, string text)
    {
        var check = new CertificateHealthCheck("app", 443, TimeSpan.FromDays(14), TimeProvider.System);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("certificate", check, null, null) };
        var answer = check.Judge(context, (TimeProvider.System.GetUtcNow().AddDays(days), SslPolicyErrors.None));
        Assert.Equal(status, answer.Status);
        Assert.StartsWith(text, answer.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_shows_no_certificate_is_told()
    {
        await using var app = await ServeAsync(static _ => { });
        Assert.Equal(HealthStatus.Unhealthy, (await AskAsync(checks => checks.AddCertificateCheck("certificate", "127.0.0.1", new Uri(app.Urls.Single()).Port))).Status);
    }

    [Fact]
    public void What_could_never_be_asked_is_refused_at_once()
    {
        var checks = new ServiceCollection().AddHealthChecks();
        Assert.Throws<ArgumentException>(() => checks.AddHttpCheck("x", new Uri("/health", UriKind.Relative)));
        Assert.Throws<ArgumentException>(() => checks.AddHttpCheck("x", new Uri("ftp://localhost/")));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddTcpCheck("x", "localhost", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddCertificateCheck("x", "localhost", 70_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddDiskCheck("x", "/", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddMemoryCheck("x", 1.5));
    }

    private static string? Well(HealthReport report, string name)
    {
        Assert.True(report.Entries[name].Status == HealthStatus.Healthy, report.Entries[name].Description);
        return report.Entries[name].Description;
    }

    private static string Ill(HealthReport report, string name)
    {
        Assert.Equal(HealthStatus.Unhealthy, report.Entries[name].Status);
        Assert.DoesNotContain("c4n4ry", report.Entries[name].Description, StringComparison.Ordinal);
        return report.Entries[name].Description!;
    }

    private static async Task<HealthReport> AskAsync(Action<IHealthChecksBuilder> register)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        register(builder.Services.AddHealthChecks());
        builder.AddDeployment();
        using var host = builder.Build();
        return await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
    }

    private static async Task<WebApplication> ServeAsync(Action<WebApplication> map, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => { if (certificate is not null) listen.UseHttps(certificate); }));
        var app = builder.Build();
        map(app);
        await app.StartAsync(Token);
        return app;
    }

    private static X509Certificate2 Certificate(int days)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-10), TimeProvider.System.GetUtcNow().AddDays(days));
    }

    /// <summary>Counts what is taken from it and given back.</summary>
    private sealed class CountedSource(string connectionString) : DbDataSource
    {
        private int _opened;
        private int _closed;

        public override string ConnectionString => connectionString;

        internal int Opened => _opened;

        internal int Closed => _closed;

        protected override DbConnection CreateDbConnection()
        {
            var connection = new SqliteConnection(connectionString);
            connection.StateChange += (_, change) =>
            {
                if (change.CurrentState == ConnectionState.Open) Interlocked.Increment(ref _opened);
                if (change.CurrentState == ConnectionState.Closed) Interlocked.Increment(ref _closed);
            };
            return connection;
        }
    }
}
