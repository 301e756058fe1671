using System.Data.Common;
using System.Security.Cryptography;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Platform;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Keeps an app from serving on a schema that its code doesn't know. It stands in <see cref="StartingAsync"/>, which every hosted service
/// passes before any of them, a web server too, is started.
/// </summary>
internal sealed class SchemaGuard(SchemaOnStart onStart, SchemaGuardOptions options, DeploymentPartsFactory factory, Deployer deployer)
    : IHostedLifecycleService
{
    // How long a start that doesn't wait waits for an answer.
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly Lazy<IReadOnlyList<MigrationSet>> _known = new(factory.LoadMigrations, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Whether the app serves, or is about to; a verb doesn't.</summary>
    internal bool IsStarted { get; private set; }

    /// <summary>How far the schema is from this binary's now; <see langword="null"/> without a database.</summary>
    /// <exception cref="DeploymentException">The binary's migrations are wrong in themselves, or the database can't be asked.</exception>
    internal async Task<SchemaDistance?> MeasureAsync(CancellationToken cancellationToken)
    {
        SchemaDistance? whole = null;
        foreach (var database in factory.Targets())
        {
            var distance = await MeasureAsync(database, cancellationToken).ConfigureAwait(false);
            whole = whole is null ? distance : whole.With(distance);
        }

        return whole;
    }

    private Task<SchemaDistance> MeasureAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        var known = _known.Value.First(set => set.Key == database.Key);
        // What is wrong is none of those that would be missed.
        if (known.Faults is { Count: > 0 } faults)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);
        return SchemaDistance.MeasureAsync(database, known, cancellationToken);
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        IsStarted = true;
        // Whoever starts the app to test it, or to read in a build what it serves, is not to deploy it, nor to need its database.
        if (onStart != SchemaOnStart.Off && AppAssembly.StarterOf(factory.ApplicationName) is { } starter)
        {
            Log.GuardStandsAside(factory.Logger, starter);
            return;
        }

        if (onStart == SchemaOnStart.Apply)
            await ApplyAsync(cancellationToken).ConfigureAwait(false);
        else if (onStart != SchemaOnStart.Off)
            await WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        // A newer release has gone on: the old one lives beside it until that takes over, and must not come back by a restart.
        if (await IsAheadAsync(cancellationToken).ConfigureAwait(false))
            return;

        // What is deployed next runs with the configuration as it is set, not as a rollback pinned it for the release that it went back to.
        var pin = factory.PinOf(factory.Environment);
        if (pin.Release is { } pinned && pinned != factory.ReleaseOf(null).ToString())
            pin.Suspend();
        var result = await deployer.UpAsync(new UpRequest { LockTimeout = options.WaitAtMost }, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (result.Outcome is not (DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo))
            throw new DeploymentException(result.Outcome, result.Messages);
    }

    // What can't be asked is told by the deployment, in its words.
    private async Task<bool> IsAheadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await MeasureAsync(cancellationToken).ConfigureAwait(false) is { Pending.Count: 0, Ahead.Count: > 0 };
        }
        catch (Exception e) when (e is DeploymentException or DbException)
        {
            return false;
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var started = factory.Time.GetTimestamp();
        // All within the one limit.
        foreach (var database in factory.Targets())
            await WaitAsync(database, started, cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitAsync(TargetDatabase database, long started, CancellationToken cancellationToken)
    {
        var isTold = false;
        while (true)
        {
            var left = onStart == SchemaOnStart.VerifyOnly ? s_answer : options.WaitAtMost - factory.Time.GetElapsedTime(started);
            if (await LackAsync(database, left, cancellationToken).ConfigureAwait(false) is not { } found)
                return;

            var lack = NamedCommands.Complete(found, factory.Environment.Name);
            if (onStart == SchemaOnStart.VerifyOnly || factory.Time.GetElapsedTime(started) >= options.WaitAtMost)
                throw new DeploymentException(DeploymentOutcome.Refused, [lack]);

            if (!isTold)
                Log.WaitsForSchema(factory.Logger, lack.Text);
            isTold = true;
            var pause = options.AskEvery * (1 + (RandomNumberGenerator.GetInt32(250) / 1000d));
            await Task.Delay(pause, factory.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Why the app can't serve yet; <see langword="null"/> when it can.</returns>
    private async Task<DeploymentMessage?> LackAsync(TargetDatabase database, TimeSpan left, CancellationToken cancellationToken)
    {
        var environment = factory.Environment.Name;
        // A server may leave a question open for as long as a migration holds what it asks for.
        using var limit = new CancellationTokenSource(left > s_shortest ? left : s_shortest, factory.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var distance = await MeasureAsync(database, both.Token).ConfigureAwait(false);
            return distance.Pending.Count == 0
                ? null
                : new DeploymentMessage(
                    Codes.SchemaBehind,
                    $"The schema of '{environment}' is behind this binary: {distance.Named} not applied. The app does not serve on it. "
                        + $"Run 'deploy up --environment {environment}'."
                );
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new DeploymentMessage(
                Codes.SchemaBehind,
                $"Database '{database.Title}' did not tell its schema in time, so the app does not serve on it. Look at 'deploy status "
                    + $"--environment {environment}'."
            );
        }
        catch (DeploymentException e)
        {
            return factory.Redactor.Redact(e.Messages[0]);
        }
        catch (DbException e)
        {
            return factory.Redactor.Redact(database.Dialect.FaultOf(e, database.Title));
        }
    }
}
