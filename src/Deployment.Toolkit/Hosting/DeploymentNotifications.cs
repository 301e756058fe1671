using System.Globalization;
using System.Security.Cryptography;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Hosting;

namespace Deployment.Toolkit;

/// <summary>Notices of how runs end: those that wait, and whether receivers take any.</summary>
public sealed class DeploymentNotifications
{
    private const int Codes6 = 1_000_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly DeploymentPartsFactory _factory;

    internal DeploymentNotifications(DeploymentPartsFactory factory) => _factory = factory;

    /// <summary>
    /// Sends a notice with a code to every receiver. That one accepts it does not mean that anybody sees it: whoever does confirms it with
    /// the code.
    /// </summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Succeeded when all accepted it; failed with those that did not; nothing to do where there is none.</returns>
    public Task<DeploymentResult> TestAsync(CancellationToken cancellationToken = default) =>
        DeploymentGuard.RunAsync(
            _factory,
            async environment =>
            {
                var sender = _factory.NoticesOf(environment);
                if (!sender.HasObservers)
                    return new DeploymentResult
                    {
                        Outcome = DeploymentOutcome.NothingToDo,
                        Environment = environment.Name,
                        Messages = [None(environment)],
                    };

                var code = RandomNumberGenerator.GetInt32(Codes6).ToString("d6", CultureInfo.InvariantCulture);
                var now = _factory.Time.GetUtcNow();
                _factory.OutboxOf(environment).Try(code);
                var told = await sender
                    .TryAsync(
                        new DeploymentNotice
                        {
                            Id = $"test-{code}",
                            Kind = NoticeKind.Test,
                            At = now,
                            App = _factory.ApplicationName,
                            Environment = environment.Name,
                            Release = _factory.ReleaseOf(null),
                            By = _factory.Redactor.Redact(_factory.Operator.Operator),
                            Outcome =
                                $"This is a test. Whoever sees it runs "
                                + $"'deploy notify test --seen {code} --environment {environment.Name}'.",
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                return new DeploymentResult
                {
                    Outcome = told.Any(static one => one.Error is not null) ? DeploymentOutcome.Failed : DeploymentOutcome.Succeeded,
                    Environment = environment.Name,
                    Messages =
                    [
                        .. told.Select(one =>
                            one.Error is { } error
                                ? new DeploymentMessage(
                                    Diagnostics.Codes.ReceiverUnreachable,
                                    $"Receiver '{one.Receiver}' did not accept the test: {error} Mend that, and run 'deploy notify test --environment "
                                        + $"{environment.Name}'."
                                )
                                : new DeploymentMessage(
                                    Diagnostics.Codes.ReceiverUnreachable,
                                    $"Receiver '{one.Receiver}' accepted the test, which names a code. When you see it there, run 'deploy notify test --seen CODE "
                                        + $"--environment {environment.Name}' with it.",
                                    MessageSeverity.Information
                                )
                        ),
                    ],
                };
            },
            cancellationToken
        );

    /// <summary>Confirms that a test was seen.</summary>
    /// <param name="code">The code that it names.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Succeeded, or refused when the last test had another code.</returns>
    public Task<DeploymentResult> ConfirmTestAsync(string code, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        return DeploymentGuard.RunAsync(
            _factory,
            environment =>
                Task.FromResult(
                    _factory.OutboxOf(environment).Tried == code.Trim()
                        ? new DeploymentResult
                        {
                            Outcome = DeploymentOutcome.Succeeded,
                            Environment = environment.Name,
                            Messages =
                            [
                                new DeploymentMessage(
                                    Diagnostics.Codes.ReceiverUnreachable,
                                    $"The test of '{environment.Name}' was seen.",
                                    MessageSeverity.Information
                                ),
                            ],
                        }
                        : throw DeploymentException.Refused(
                            Diagnostics.Codes.ReceiverUnreachable,
                            $"The last test of '{environment.Name}' had another code than '{VisibleText.Line(code)}', or there was none on this machine. Run 'deploy notify "
                                + $"test --environment {environment.Name}' and look for a new one."
                        )
                ),
            cancellationToken
        );
    }

    /// <summary>Sends what waits, whatever time its next try has.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Succeeded when nothing waits any more; failed with what does.</returns>
    public Task<DeploymentResult> SendAsync(CancellationToken cancellationToken = default) =>
        DeploymentGuard.RunAsync(
            _factory,
            async environment =>
            {
                var before = _factory.OutboxOf(environment).Waiting().Count;
                if (before == 0)
                    return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };

                await _factory.NoticesOf(environment).TellAsync(Limit, isAtOnce: true, cancellationToken).ConfigureAwait(false);
                var waiting = _factory.NoticesOf(environment).Waiting();
                return new DeploymentResult
                {
                    Outcome = waiting.Count == 0 ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed,
                    Environment = environment.Name,
                    Messages = [.. waiting.Select(one => one.ToMessage(environment.Name))],
                };
            },
            cancellationToken
        );

    private static DeploymentMessage None(DeploymentEnvironment environment) =>
        new(
            Diagnostics.Codes.ReceiverUnreachable,
            $"Nobody hears how runs in '{environment.Name}' end. Say who with AddWebhook, AddSlack, AddTeams, AddMail or AddObserver.",
            MessageSeverity.Information
        );
}
