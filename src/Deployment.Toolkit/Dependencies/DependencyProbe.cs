using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Dependencies;

/// <summary>Tries everything that the app depends on, all at once, each within a limit that is enforced.</summary>
internal sealed class DependencyProbe(
    IServiceProvider services,
    TimeSpan limit,
    TimeProvider time,
    ILogger logger,
    Func<string, string> redact
)
{
    internal async Task<IReadOnlyList<DeploymentMessage>> RunAsync(
        IReadOnlyList<Dependency> dependencies,
        CancellationToken cancellationToken
    )
    {
        var faults = await Task.WhenAll(dependencies.Select(dependency => TryAsync(dependency, cancellationToken))).ConfigureAwait(false);
        return [.. faults.SelectMany(static found => found)];
    }

    private async Task<IReadOnlyList<DeploymentMessage>> TryAsync(Dependency dependency, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // On the pool: a driver that blocks would hold up all the others.
        var work = Task.Run(() => dependency.TryAsync(services, stop.Token), CancellationToken.None);
        try
        {
            await work.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // What it does after that is nobody's concern; an exception of it must not end the process.
            _ = work.ContinueWith(
                static task => _ = task.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
            return
            [
                Fault(
                    dependency,
                    Codes.DependencySlow,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Dependency '{dependency.Name}' gave no answer within {limit.TotalSeconds:0.###} s. Look whether it is "
                            + $"overloaded or a firewall swallows the connection, or give it longer with --online-timeout."
                    )
                ),
            ];
        }
        catch (DeploymentException e)
        {
            return [.. e.Messages.Select(message => message with { Key = message.Key ?? dependency.Key })];
        }
        catch (DbException e)
        {
            Log.DependencyThrew(logger, dependency.Name, StackText.Of(e, redact));
            return [Fault(dependency, e)];
        }
        catch (Exception e) when (e is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            Log.DependencyThrew(logger, dependency.Name, StackText.Of(e, redact));
            return
            [
                Fault(
                    dependency,
                    Codes.DependencyUnreachable,
                    $"Dependency '{dependency.Name}' could not be used: {e.GetType().Name}: {Sentence.Of(e)} {StackText.Where} Mend "
                        + $"that{At(dependency)} and run 'deploy check --online' again."
                ),
            ];
        }
    }

    // Class 28 of SQL's states is "invalid authorization specification": PostgreSQL and MySQL say it of a wrong password.
    private static DeploymentMessage Fault(Dependency dependency, DbException e) =>
        e.SqlState?.StartsWith("28", StringComparison.Ordinal) == true
            ? Fault(
                dependency,
                Codes.CredentialRefused,
                $"Dependency '{dependency.Name}' refuses the credentials{At(dependency)}: {Sentence.Of(e)} {StackText.Where} Put valid "
                    + $"ones in there, or renew the secret that it refers to."
            )
            : Fault(
                dependency,
                Codes.DependencyUnreachable,
                $"Dependency '{dependency.Name}' could not be used: {Sentence.Of(e)} {StackText.Where} Mend that{At(dependency)} and "
                    + $"run 'deploy check --online' again."
            );

    private static DeploymentMessage Fault(Dependency dependency, string code, string text) => new(code, text) { Key = dependency.Key };

    private static string At(Dependency dependency) => dependency.Key is { } key ? $" at {key}" : "";
}
