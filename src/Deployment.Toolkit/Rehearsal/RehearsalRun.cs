using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Rehearsal;

/// <summary>
/// Takes migrations up, back and up again on a copy of a database, and compares what each way leaves. strong_migrations and its like judge
/// statements; this tries them.
/// </summary>
internal sealed class RehearsalRun(
    TargetDatabase scratch,
    MigrationSet known,
    IServiceProvider services,
    TimeProvider time,
    ILogger logger,
    string release
)
{
    // The copy belongs to nobody: its rows must not look like a run's.
    private const string Name = "rehearsal";

    private readonly MigrationRunner _runner = new(scratch, services, time, known, TimeSpan.Zero, logger);

    internal async Task<IReadOnlyList<RehearsedMigration>> RunAsync(
        IReadOnlyList<MigrationDefinition> pending,
        CancellationToken cancellationToken
    )
    {
        var tried = new List<RehearsedMigration>();
        foreach (var migration in pending)
        {
            tried.Add(await RunAsync(migration, cancellationToken).ConfigureAwait(false));
            if (tried[^1].Verdict is not (RehearsalVerdict.Proven or RehearsalVerdict.NoWayBack))
                break;
        }

        return tried;
    }

    private async Task<RehearsedMigration> RunAsync(MigrationDefinition migration, CancellationToken cancellationToken)
    {
        var before = await DatabaseFingerprint.TakeAsync(scratch, known.Companions, cancellationToken).ConfigureAwait(false);
        var (up, failure) = await TimeAsync(on => _runner.ApplyAsync(migration, on, keepContents: false, cancellationToken))
            .ConfigureAwait(false);
        var rehearsed = new RehearsedMigration
        {
            Version = migration.Version,
            Name = migration.Name,
            Verdict = RehearsalVerdict.Failed,
            Failure = failure,
            Up = up,
        };
        if (failure is not null)
            return rehearsed;
        if (!migration.HasWayBack)
            return rehearsed with { Verdict = RehearsalVerdict.NoWayBack };

        var first = await DatabaseFingerprint.TakeAsync(scratch, known.Companions, cancellationToken).ConfigureAwait(false);
        (var down, failure) = await TimeAsync(on => UndoAsync(migration, on, cancellationToken)).ConfigureAwait(false);
        rehearsed = rehearsed with { Down = down, Failure = failure };
        if (failure is not null)
            return rehearsed with { Verdict = RehearsalVerdict.WayBackFailed };

        var back = await DatabaseFingerprint.TakeAsync(scratch, known.Companions, cancellationToken).ConfigureAwait(false);
        if (before.DifferencesTo(back) is { Count: > 0 } left)
            return rehearsed with { Verdict = RehearsalVerdict.WayBackDiffers, Differences = left };

        (_, failure) = await TimeAsync(on => _runner.ApplyAsync(migration, on, keepContents: false, cancellationToken))
            .ConfigureAwait(false);
        if (failure is not null)
            return rehearsed with { Verdict = RehearsalVerdict.NotRepeatable, Failure = failure };

        var second = await DatabaseFingerprint.TakeAsync(scratch, known.Companions, cancellationToken).ConfigureAwait(false);
        var differences = first.DifferencesTo(second, isSecondUp: true);
        return rehearsed with
        {
            Verdict = differences.Count == 0 ? RehearsalVerdict.Proven : RehearsalVerdict.NotRepeatable,
            Differences = differences,
        };
    }

    private async Task UndoAsync(MigrationDefinition migration, MigrationConnection on, CancellationToken cancellationToken)
    {
        var applied = migration.IsRepeatable
            ? await ReadableHistory.ToUndoAsync(scratch, migration.ToPlan(), cancellationToken).ConfigureAwait(false)
            : (await ReadableHistory.OfAsync(scratch, known, cancellationToken).ConfigureAwait(false)).Single(row =>
                MigrationVersion.Compare(row.Version, migration.Version) == 0
            );
        // What would be lost is the copy's.
        await _runner.UndoAsync(applied!, on, static (_, _, _, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(TimeSpan Took, string? Failure)> TimeAsync(Func<MigrationConnection, Task> work)
    {
        var started = time.GetTimestamp();
        await using var on = _runner.Connect(new MigrationWriter(Name, release, Name, 1, 0, ""), static _ => { });
        try
        {
            await work(on).ConfigureAwait(false);
            return (time.GetElapsedTime(started), null);
        }
        catch (DeploymentException e)
        {
            return (time.GetElapsedTime(started), string.Join(' ', e.Messages.Select(static message => message.Text)));
        }
    }
}
