using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Rotation;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Renewal;

/// <summary>Asks the issuer of a secret through a rotator that is made for the one question and disposed afterwards.</summary>
internal sealed class SecretIssuer(SecretRotators rotators, IServiceProvider services, ILogger logger)
{
    internal Task AskAsync(string secret, Func<SecretRotator, Task> work) =>
        AskAsync(
            secret,
            async rotator =>
            {
                await work(rotator).ConfigureAwait(false);
                return true;
            }
        );

    internal Task<TResult> AskAsync<TResult>(string secret, Func<SecretRotator, Task<TResult>> work)
    {
        var registration =
            rotators.Find(secret)
            ?? throw DeploymentException.NeedsAttention(
                Codes.SecretNotRenewable,
                $"Secret '{secret}' is being renewed, and this binary has no rotator for it. Run the command again with a binary that "
                    + $"has it: AddSecretRotator<…>(\"{secret}\", …)."
            );
        return OwnScope.UseAsync(services, registration.What, registration.Create, logger, work);
    }
}
