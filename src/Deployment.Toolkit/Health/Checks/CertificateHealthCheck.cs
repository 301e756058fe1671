using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Whether the certificate that a server shows is good, and for how long still.</summary>
internal sealed class CertificateHealthCheck(string host, int port, TimeSpan warnBefore, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        (DateTimeOffset Ends, SslPolicyErrors Errors)? shown = null;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            var stream = new SslStream(client.GetStream());
            await using (stream.ConfigureAwait(false))
            {
                await stream
                    .AuthenticateAsClientAsync(
                        new SslClientAuthenticationOptions
                        {
                            TargetHost = host,
                            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                            {
                                if (certificate is X509Certificate2 full)
                                    shown = (new DateTimeOffset(full.NotAfter.ToUniversalTime()), errors);
                                return errors == SslPolicyErrors.None;
                            },
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or AuthenticationException or IOException)
        {
            // What it showed says more than that it was refused for it.
            if (shown is null)
                return new HealthCheckResult(context.Registration.FailureStatus, $"{host}:{port}: {e.Message}");
        }

        return Judge(context, shown);
    }

    internal HealthCheckResult Judge(HealthCheckContext context, (DateTimeOffset Ends, SslPolicyErrors Errors)? shown)
    {
        if (shown is not { } certificate)
            return new HealthCheckResult(context.Registration.FailureStatus, $"{host}:{port} shows no certificate");

        var left = certificate.Ends - time.GetUtcNow();
        var until = string.Create(CultureInfo.InvariantCulture, $"{certificate.Ends.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        if (left <= TimeSpan.Zero)
            return new HealthCheckResult(context.Registration.FailureStatus, $"the certificate of {host}:{port} ended at {until}");
        if (certificate.Errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return new HealthCheckResult(context.Registration.FailureStatus, $"the certificate of {host}:{port} is another host's");
        if (certificate.Errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                $"the certificate of {host}:{port} comes from nobody that this machine trusts"
            );

        return left <= warnBefore
            ? HealthCheckResult.Degraded($"the certificate of {host}:{port} ends at {until}")
            : HealthCheckResult.Healthy($"good until {until}");
    }
}
