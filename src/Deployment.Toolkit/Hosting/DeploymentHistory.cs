using System.Runtime.CompilerServices;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Figures;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets.Rotation;

namespace Deployment.Toolkit;

/// <summary>What the journals tell; nothing here changes anything but holds.</summary>
public sealed partial class DeploymentHistory
{
    internal static readonly TimeSpan FiguresWindow = TimeSpan.FromDays(90);

    private readonly DeploymentPartsFactory _factory;
    private readonly DatabaseStatuses _databases;

    internal DeploymentHistory(DeploymentPartsFactory factory) => (_factory, _databases) = (factory, new DatabaseStatuses(factory));

    /// <summary>The declared environments.</summary>
    public IReadOnlyList<DeploymentEnvironment> Environments => _factory.Model.Environments.All;

    /// <summary>Where every declared environment stands, as far as its journal is here.</summary>
    /// <param name="environment">Only this one; <see langword="null"/> for all.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or a journal cannot be trusted.</exception>
    /// <param name="cancellationToken">Cancels between two environments.</param>
    public async Task<IReadOnlyList<EnvironmentStatus>> GetStatusAsync(
        string? environment = null,
        CancellationToken cancellationToken = default
    )
    {
        var all = new List<EnvironmentStatus>();
        foreach (var declared in environment is null ? Environments : [_factory.Model.Environments.Get(environment)])
        {
            cancellationToken.ThrowIfCancellationRequested();
            all.Add(await StatusOfAsync(declared, cancellationToken).ConfigureAwait(false));
        }

        return all;
    }

    /// <summary>The runs of an environment, oldest first.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or its journal cannot be trusted.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<DeploymentRun> GetRunsAsync(
        string? environment = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var journal = await _factory.LookAsync(Get(environment), cancellationToken).ConfigureAwait(false);
        foreach (var run in journal.Ledger.Runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Told(run, journal);
        }
    }

    /// <summary>
    /// The runs of an environment, newest first. Of the journal no more is read than the runs that are asked for take, however long it is.
    /// </summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="before">Only those from before this run, by its id; <see langword="null"/> begins with the newest.</param>
    /// <exception cref="DeploymentException">The environment is not declared, its journal cannot be trusted, or it has no such
    /// run.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<DeploymentRun> GetNewestRunsAsync(
        string? environment = null,
        string? before = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var declared = Get(environment);
        var journal = await _factory.LookAsync(declared, cancellationToken).ConfigureAwait(false);
        var isBehind = before is null;
        await foreach (var run in RunsBackward.ReadAsync(_factory.StoreOf(declared), cancellationToken).ConfigureAwait(false))
        {
            if (isBehind)
                yield return Told(run, journal);
            isBehind |= run.Id == before;
        }

        if (!isBehind)
            throw Unknown(before!, declared, journal);
    }

    /// <summary>One run of an environment.</summary>
    /// <param name="run">Its id, for example <c>20261121-034351-7f3a</c>.</param>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <exception cref="DeploymentException">The environment is not declared, its journal cannot be trusted, or it has no such
    /// run.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<DeploymentRun> GetRunAsync(string run, string? environment = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return FindAsync(run, Get(environment), cancellationToken);
    }

    /// <summary>How an environment is deployed to: how often, how well, and how fast it recovers.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <param name="window">How far back; <see langword="null"/> for 90 days.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or its journal cannot be trusted.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<DeliveryFigures> GetFiguresAsync(
        string? environment = null,
        TimeSpan? window = null,
        CancellationToken cancellationToken = default
    ) => GetFiguresAsync(Get(environment), window, new CommitDates(_factory.ContentRoot, _factory.Time), cancellationToken);

    /// <summary>The same without lead times, for which another program would have to be asked.</summary>
    internal Task<DeliveryFigures> GetRunFiguresAsync(string environment, TimeSpan window, CancellationToken cancellationToken) =>
        GetFiguresAsync(Get(environment), window, null, cancellationToken);

    private Task<DeliveryFigures> GetFiguresAsync(
        DeploymentEnvironment environment,
        TimeSpan? window,
        CommitDates? commits,
        CancellationToken cancellationToken
    )
    {
        var length = window ?? FiguresWindow;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero, nameof(window));
        return FigureCalculation.ReadAsync(
            _factory.StoreOf(environment),
            environment.Name,
            length,
            _factory.Time.GetUtcNow(),
            commits,
            cancellationToken
        );
    }

    /// <summary>The records of an environment's journal, oldest first, from the first behind its archives on.</summary>
    /// <param name="environment">The environment; <see langword="null"/> for the host's own.</param>
    /// <exception cref="DeploymentException">The environment is not declared, or its journal cannot be trusted.</exception>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<JournalRecord> GetRecordsAsync(
        string? environment = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var content = await JournalReader.ReadAsync(_factory.StoreOf(Get(environment)), cancellationToken).ConfigureAwait(false);
        foreach (var record in content.EnsureIntact().Records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    /// <summary>Lets held releases of the host's environment be deployed and promoted again.</summary>
    /// <param name="release">Only this one (version, or version+commit); <see langword="null"/> for all.</param>
    /// <param name="reason">Why; kept in the journal.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or nothing to do.</returns>
    public Task<DeploymentResult> UnholdAsync(string? release, string reason, CancellationToken cancellationToken = default) =>
        DeploymentGuard.RunAsync(
            _factory,
            async environment =>
            {
                await using var own = _factory.OwnSteps();
                var launcher = new RunLauncher(_factory, _factory.Create(null), request: null, own);
                var seen = (await _factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false))
                    .Holds.Select(static hold => hold.Record.Sequence)
                    .ToHashSet();
                if (seen.Count == 0)
                    return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };

                await using var session = await launcher.LockAsync("unhold", cancellationToken).ConfigureAwait(false);
                // One that came meanwhile is somebody's decision about what this one never saw.
                var released = session
                    .Ledger.Holds.Where(hold => seen.Contains(hold.Record.Sequence))
                    .Select(static hold => hold.Held.Release)
                    .Where(held => release is null || held.IsCalled(release))
                    .ToList();
                foreach (var held in released)
                    await session
                        .AppendAsync(
                            null,
                            JournalKinds.HoldReleased,
                            new HoldReleased(held, reason, _factory.Operator.Operator),
                            JournalJson.Default.HoldReleased
                        )
                        .ConfigureAwait(false);
                return new DeploymentResult
                {
                    Outcome = released.Count == 0 ? DeploymentOutcome.NothingToDo : DeploymentOutcome.Succeeded,
                    Environment = environment.Name,
                    Messages =
                    [
                        .. released.Select(static held => new DeploymentMessage(
                            Codes.ReleaseOnHold,
                            $"Release {held} is no longer on hold.",
                            MessageSeverity.Information
                        )),
                    ],
                };
            },
            cancellationToken
        );

    /// <summary>Keeps a release out of the host's environment, and of those that are promoted from it, until somebody releases the
    /// hold.</summary>
    /// <param name="release">The release, as <c>version+commit</c>, or <c>version</c> for every build of it; <see langword="null"/> for the
    /// entry assembly's.</param>
    /// <param name="reason">Why; kept in the journal and shown to whoever is kept out.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or nothing to do where it is held already.</returns>
    public Task<DeploymentResult> HoldAsync(string? release, string reason, CancellationToken cancellationToken = default) =>
        ReleaseHolding.HoldAsync(_factory, release, reason, cancellationToken);

    /// <summary>Keeps every release out of the host's environment until somebody thaws it. Rollbacks and open runs go on.</summary>
    /// <param name="reason">Why; kept in the journal and shown to whoever is kept out.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or nothing to do where it is frozen already.</returns>
    public Task<DeploymentResult> FreezeAsync(string reason, CancellationToken cancellationToken = default) =>
        EnvironmentFreeze.SetAsync(_factory, reason, isFrozen: true, cancellationToken);

    /// <summary>Lets releases into the host's environment again.</summary>
    /// <param name="reason">Why; kept in the journal.</param>
    /// <param name="cancellationToken">Cancels waiting for the lock.</param>
    /// <returns>Succeeded, or nothing to do where it isn't frozen.</returns>
    public Task<DeploymentResult> UnfreezeAsync(string reason, CancellationToken cancellationToken = default) =>
        EnvironmentFreeze.SetAsync(_factory, reason, isFrozen: false, cancellationToken);

    // Names and times show without a key, and without reaching an issuer.
    private IReadOnlyList<SecretDue> SecretsOf(DeploymentEnvironment environment, EnvironmentLedger ledger)
    {
        var secrets = _factory.SealedSecretsOf(environment);
        if (!secrets.Exists)
            return [];

        try
        {
            if (_factory.Model.Rotators.All.Count == 0 && !secrets.MayExpire)
                return [];

            var now = _factory.Time.GetUtcNow();
            return
            [
                .. SecretSchedule
                    .Of(ledger, secrets.List(), _factory.Model.Rotators, environment.Name, now)
                    .Where(secret => secret.IsDue(now)),
            ];
        }
        catch (DeploymentException)
        {
            // A file that was changed by hand tells nothing; 'deploy secrets verify' says what is wrong with it, and where releases stand
            // does not depend on it.
            return [];
        }
    }

    private DeploymentEnvironment Get(string? environment) =>
        environment is null ? _factory.Environment : _factory.Model.Environments.Get(environment);

    private async Task<DeploymentRun> FindAsync(string run, DeploymentEnvironment declared, CancellationToken cancellationToken)
    {
        var journal = await _factory.LookAsync(declared, cancellationToken).ConfigureAwait(false);
        if (journal.Ledger.Find(run) is { } found)
            return Told(found, journal);

        throw Unknown(run, declared, journal);
    }

    private static DeploymentException Unknown(string run, DeploymentEnvironment declared, LedgerView journal) =>
        DeploymentException.Refused(
            Codes.RunUnknown,
            $"The journal of '{declared.Name}' has no run "
                + $"'{run}'.{Suggestion.Sentence(run, journal.Ledger.Runs.Select(static known => known.Id))} "
                + $"'deploy history --environment {declared.Name}' lists those that there are."
                + (
                    journal.Ledger.Archives is [.., var last]
                        ? $" What was before record {last.Part.To + 1} is in archive '{last.Part.File}'."
                        : ""
                )
        );

    private static DeploymentRun Told(RunLog run, LedgerView journal) => run.ToRun() with { IsUnderWay = run.Id == journal.UnderWay?.Id };

    private async Task<EnvironmentStatus> StatusOfAsync(DeploymentEnvironment environment, CancellationToken cancellationToken)
    {
        var store = _factory.StoreOf(environment);
        var content = await JournalReader.ReadPresentAsync(store, cancellationToken).ConfigureAwait(false);
        if (content.Fault is { } fault)
        {
            return new EnvironmentStatus
            {
                Name = environment.Name,
                PromotedFrom = environment.PromotedFrom,
                IsProtected = environment.IsProtected,
                Fault = NamedCommands.Complete(fault, environment.Name),
            };
        }

        var read = (EnvironmentLedger?)EnvironmentLedger.From(content);
        var journal = await LedgerView.LookAsync(store, ReadOnceAsync, cancellationToken).ConfigureAwait(false);
        var ledger = journal.Ledger;
        return new EnvironmentStatus
        {
            Name = environment.Name,
            IsElsewhere = content.IsElsewhere,
            Release = ledger.Current?.Evidence.Release,
            VerifiedAt = ledger.Current?.Time,
            OpenRun = ledger.OpenRun is { } open ? Told(open, journal) : null,
            LastRun = ledger.LastRun is { } last ? Told(last, journal) : null,
            PromotedFrom = environment.PromotedFrom,
            IsProtected = environment.IsProtected,
            Holds =
            [
                .. ledger.Holds.Select(static hold => new ReleaseHold
                {
                    Release = hold.Held.Release,
                    Reason = hold.Held.Reason,
                    Since = hold.Time,
                }),
            ],
            Frozen = ledger.Freeze is { } freeze
                ? string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{freeze.Frozen.Reason} (by {freeze.Frozen.By}, {freeze.Time.UtcDateTime:yyyy-MM-dd HH:mm} UTC)"
                )
                : null,
            Hotfixes = PromotionDebts.Hotfixes(ledger, _factory.Time.GetUtcNow()),
            Unreviewed = PromotionDebts.Unreviewed(
                ledger,
                environment.Name,
                _factory.Model.Environments.RulesOf(environment).Approvals?.Signed == true
            ),
            Secrets = SecretsOf(environment, ledger),
            Databases = _databases.Of(ledger),
            Notices = _factory.NoticesOf(environment).Waiting(),
            LockedBy = journal.Holder,
        };

        // What was just read is not read again where nobody holds the lock.
        ValueTask<EnvironmentLedger> ReadOnceAsync(CancellationToken token)
        {
            var known = read;
            read = null;
            return known is null ? _factory.ReadLedgerAsync(environment, token) : ValueTask.FromResult(known);
        }
    }
}
