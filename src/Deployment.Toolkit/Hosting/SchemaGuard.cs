using System.Data.Common;
using System.Security.Cryptography;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Keeps an app from serving on a schema that its code doesn't know. It stands in <see cref="StartingAsync"/>, which every hosted service
/// passes before any of them, a web server too, is started.
/// </summary>
internal sealed class SchemaGuard(SchemaOnStart onStart, SchemaGuardOptions options, DeploymentPartsFactory factory, Deployer deployer)
    : IHostedLifecycleService
{
    private readonly Lazy<MigrationSet> _known = new(factory.LoadMigrations);

    /// <summary>Whether the app serves, or is about to; a verb doesn't.</summary>
    internal bool IsStarted { get; private set; }

    /// <summary>How far the schema is from this binary's now; <see langword="null"/> without a database.</summary>
    internal async Task<SchemaDistance?> MeasureAsync(CancellationToken cancellationToken) =>
        factory.Database() is { } database
            ? await SchemaDistance.MeasureAsync(database, _known.Value, cancellationToken).ConfigureAwait(false)
            : null;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        IsStarted = true;
        if (onStart == SchemaOnStart.Apply)
            await ApplyAsync(cancellationToken).ConfigureAwait(false);
        else if (onStart != SchemaOnStart.Off && factory.Database() is { } database)
            await WaitAsync(database, cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var result = await deployer.UpAsync(new UpRequest { LockTimeout = options.WaitAtMost }, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (result.Outcome is not (DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo))
            throw new DeploymentException(result.Outcome, result.Messages);
    }

    private async Task WaitAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        var started = factory.Time.GetTimestamp();
        var isTold = false;
        while (true)
        {
            var lack = await LackAsync(database, cancellationToken).ConfigureAwait(false);
            if (lack is null)
                return;
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
    private async Task<DeploymentMessage?> LackAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        var environment = factory.Environment.Name;
        try
        {
            var distance = await SchemaDistance.MeasureAsync(database, _known.Value, cancellationToken).ConfigureAwait(false);
            return distance.Pending.Count == 0
                ? null
                : new DeploymentMessage(
                    Codes.SchemaBehind,
                    $"The schema of '{environment}' is behind this binary: {distance.Named} not applied. The app does not serve on it. "
                        + $"Run 'deploy up --environment {environment}'."
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
