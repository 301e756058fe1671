using System.Data.Common;
using Deployment.Toolkit.Health.Checks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>Health checks of what apps depend on. They hold what they need, so that asking often uses nothing up.</summary>
public static class BuiltInHealthCheckExtensions
{
    /// <summary>Asks a database, over a connection of the pool that the app uses.</summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="source">
    /// The app's data source; <see langword="null"/> takes the <see cref="DbDataSource"/> that is registered, and where none is, the one
    /// database that is declared for the deployment.
    /// </param>
    /// <param name="query">What is asked. Default <c>SELECT 1</c>.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long it may take; <see langword="null"/> for what its <see cref="HealthCheckPolicy"/> says.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddDatabaseCheck(
        this IHealthChecksBuilder builder,
        string name,
        Func<IServiceProvider, DbDataSource>? source = null,
        string query = "SELECT 1",
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(query);
        return Add(
            builder,
            name,
            services => new DatabaseHealthCheck(
                source?.Invoke(services) ?? services.GetService<DbDataSource>() ?? DeclaredDataSource.Of(name, services),
                query
            ),
            tags,
            timeout
        );
    }

    /// <summary>Asks an address: well when its status is good, and headers are there that have to be.</summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="address">The address: http or https. It is not followed elsewhere.</param>
    /// <param name="configure">Says what is good; <see langword="null"/> for each status from 200 to 299.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long it may take; <see langword="null"/> for what its <see cref="HealthCheckPolicy"/> says.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">
    /// The address is not absolute, or neither http nor https; or JSON is asked for of an answer to <c>HEAD</c>.
    /// </exception>
    public static IHealthChecksBuilder AddHttpCheck(
        this IHealthChecksBuilder builder,
        string name,
        Uri address,
        Action<HttpHealthOptions>? configure = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ThrowIfNoAddress(address);
        var options = new HttpHealthOptions();
        configure?.Invoke(options);
        if (options is { UseHead: true, Expectations.Count: > 0 })
            throw new ArgumentException("An answer to HEAD has no JSON: leave out UseHead, or Json.", nameof(configure));
        return Add(builder, name, _ => new HttpHealthCheck(address, options), tags, timeout);
    }

    /// <summary>
    /// Does at an address what a user does: several requests, each with what it has to answer, and what takes back what they made. While
    /// something could not be taken back the check is degraded. Give it a <see cref="HealthCheckPolicy.MaximumAge"/> of a minute or more:
    /// it is work.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="address">The address that paths stand behind: http or https. It is not followed elsewhere.</param>
    /// <param name="configure">Adds the requests.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long it may take; <see langword="null"/> for what its <see cref="HealthCheckPolicy"/> says.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The address is not absolute, neither http nor https, or there is no request.</exception>
    public static IHealthChecksBuilder AddSyntheticCheck(
        this IHealthChecksBuilder builder,
        string name,
        Uri address,
        Action<SyntheticTransaction> configure,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ThrowIfNoAddress(address);
        ArgumentNullException.ThrowIfNull(configure);
        var transaction = new SyntheticTransaction();
        configure(transaction);
        return transaction.Requests.Count == 0
            ? throw new ArgumentException("There is no request: call Send.", nameof(configure))
            : Add(builder, name, _ => new SyntheticHealthCheck(address, transaction), tags, timeout);
    }

    /// <summary>Counts what waits in a queue.</summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="depth">How many wait.</param>
    /// <param name="degradedAbove">Up to how many it is well.</param>
    /// <param name="unhealthyAbove">Above how many it is unhealthy; <see langword="null"/> leaves it at degraded.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long it may take; <see langword="null"/> for what its <see cref="HealthCheckPolicy"/> says.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below zero, or the second below the first.</exception>
    public static IHealthChecksBuilder AddQueueCheck(
        this IHealthChecksBuilder builder,
        string name,
        Func<IServiceProvider, CancellationToken, ValueTask<long>> depth,
        long degradedAbove,
        long? unhealthyAbove = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ArgumentNullException.ThrowIfNull(depth);
        ArgumentOutOfRangeException.ThrowIfNegative(degradedAbove);
        ArgumentOutOfRangeException.ThrowIfLessThan(unhealthyAbove ?? long.MaxValue, degradedAbove, nameof(unhealthyAbove));
        return Add(
            builder,
            name,
            services => new QueueHealthCheck(token => depth(services, token), degradedAbove, unhealthyAbove ?? long.MaxValue),
            tags,
            timeout
        );
    }

    /// <summary>Looks whether somebody listens on a port.</summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="host">The host.</param>
    /// <param name="port">The port.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long it may take; <see langword="null"/> for what its <see cref="HealthCheckPolicy"/> says.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddTcpCheck(
        this IHealthChecksBuilder builder,
        string name,
        string host,
        int port,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        ThrowIfNoPort(port);
        return Add(builder, name, _ => new TcpHealthCheck(host, port), tags, timeout);
    }

    /// <summary>Looks whether the disk under a folder has room.</summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="path">A folder on it.</param>
    /// <param name="leastFreeBytes">How many bytes must be free.</param>
    /// <param name="tags">The check's tags.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddDiskCheck(
        this IHealthChecksBuilder builder,
        string name,
        string path,
        long leastFreeBytes,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(leastFreeBytes, 1);
        return Add(builder, name, _ => new DiskHealthCheck(path, leastFreeBytes), tags, null);
    }

    /// <summary>Looks how much memory the process has, of what its container or machine lets it have.</summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="most">Up to which part of it is well: above 0, at most 1. Default 0.9.</param>
    /// <param name="tags">The check's tags.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddMemoryCheck(
        this IHealthChecksBuilder builder,
        string name,
        double most = 0.9,
        IEnumerable<string>? tags = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 1);
        return Add(builder, name, _ => new MemoryHealthCheck(most, MemoryHealthCheck.Measure), tags, null);
    }

    /// <summary>
    /// Looks at the certificate that a server shows: unhealthy when it has ended, is another host's or comes from nobody that is trusted;
    /// degraded when it ends soon.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks()</c> returned.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="host">The host.</param>
    /// <param name="port">The port. Default 443.</param>
    /// <param name="warnBefore">How long before its end it is degraded; <see langword="null"/> for 14 days.</param>
    /// <param name="tags">The check's tags.</param>
    /// <param name="timeout">How long it may take; <see langword="null"/> for what its <see cref="HealthCheckPolicy"/> says.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddCertificateCheck(
        this IHealthChecksBuilder builder,
        string name,
        string host,
        int port = 443,
        TimeSpan? warnBefore = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        ThrowIfNoPort(port);
        var before = warnBefore ?? TimeSpan.FromDays(14);
        return Add(
            builder,
            name,
            services => new CertificateHealthCheck(host, port, before, services.GetService<TimeProvider>() ?? TimeProvider.System),
            tags,
            timeout
        );
    }

    private static void ThrowIfNoAddress(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            throw new ArgumentException("Name an absolute address that begins with http or https.", nameof(address));
    }

    private static void ThrowIfNoPort(int port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
    }

    private static IHealthChecksBuilder Add(
        IHealthChecksBuilder builder,
        string name,
        Func<IServiceProvider, IHealthCheck> create,
        IEnumerable<string>? tags,
        TimeSpan? timeout
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(name, create, failureStatus: null, tags, timeout));
    }
}
