using System.Collections.Concurrent;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets.Sources;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// Asks the sources in their order. An answer is kept for a while; afterwards a source that fails leaves the last answer in use, so that a
/// vault that is down for an hour takes no running app with it.
/// </summary>
internal sealed class SecretResolver(
    IReadOnlyList<SecretSourceSlot> sources,
    Func<DeploymentEnvironment> environment,
    IssuedSecrets issued,
    TimeProvider time,
    ILogger logger,
    SecretFlow? flow = null
) : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    // Enough to hide a vault's latency, few enough not to be taken for an attack on it.
    private const int MostAtOnce = 8;

    private readonly ConcurrentDictionary<SecretReference, Answer> _answers = new();
    private readonly SecretFlow _flow = flow ?? new SecretFlow();

    /// <summary>
    /// How long one source may take. Default 10 seconds: a start should not hang on a vault for longer than a health check would.
    /// </summary>
    internal TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Secrets whose source does not answer at the moment, with why.</summary>
    internal IReadOnlyList<(string Name, string Reason)> Stale =>
        [
            .. _answers
                .Where(static pair => pair.Value.StaleBecause is not null)
                .Select(static pair => (pair.Key.Name, pair.Value.StaleBecause!))
                .Order(),
        ];

    /// <summary>Secrets with an end, for reports.</summary>
    internal IReadOnlyList<(string Name, DateTimeOffset ExpiresAt)> Expiring =>
        [
            .. _answers
                .Where(static pair => pair.Value.Value.ExpiresAt is not null)
                .Select(static pair => (pair.Key.Name, pair.Value.Value.ExpiresAt!.Value))
                .Order(),
        ];

    /// <summary>The source that is being asked, or made, by the code that runs.</summary>
    internal string? AskingSource => _flow.Call?.Source;

    /// <summary>The sources of the app's own, asked for another environment, after those that are given.</summary>
    internal SecretResolver For(DeploymentEnvironment other, IEnumerable<ISecretSource> builtIn) =>
        new(
            [.. builtIn.Select(static source => new SecretSourceSlot(source)), .. sources.Where(static slot => !slot.IsBuiltIn)],
            () => other,
            issued,
            time,
            logger,
            _flow
        )
        {
            TimeLimit = TimeLimit,
        };

    /// <summary>The same sources with another one in the place of one of the engine's own.</summary>
    internal SecretResolver With<T>(T instead)
        where T : ISecretSource =>
        new([.. sources.Select(slot => slot.Holds<T>() ? new SecretSourceSlot(instead) : slot)], environment, issued, time, logger, _flow)
        {
            TimeLimit = TimeLimit,
        };

    /// <summary>Whether another resolver answers for now.</summary>
    internal bool IsAside => _flow.Instead is not null;

    /// <inheritdoc cref="SecretFlow.Aside"/>
    internal T Aside<T>(SecretResolver instead, Func<T> ask) => _flow.Aside(instead, ask);

    /// <summary>Makes the sources of the app's own that nobody has asked yet.</summary>
    /// <returns>Why some can't be made.</returns>
    internal async Task<IReadOnlyList<DeploymentMessage>> MakeOwnAsync(CancellationToken cancellationToken)
    {
        var faults = new List<DeploymentMessage>();
        foreach (var slot in sources.Where(static slot => !slot.IsBuiltIn))
        {
            try
            {
                // On the pool: a constructor that hangs must not hold up whoever looks.
                await Task.Run(() => _flow.MakeAsync(slot), CancellationToken.None)
                    .WaitAsync(TimeLimit, time, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (DeploymentException e)
            {
                faults.AddRange(e.Messages);
            }
            catch (TimeoutException)
            {
                faults.Add(
                    new DeploymentMessage(
                        Codes.ServiceNotMade,
                        $"Secret source {slot.Title} cannot be made: its constructor has not ended within {TimeLimit.TotalSeconds:0} s. "
                            + $"Let it wait for nothing; what has to be reached is reached in FindAsync."
                    )
                );
            }
        }

        return faults;
    }

    /// <summary>Makes the next question about a secret reach its source again, because the secret was changed.</summary>
    internal void Forget(string name)
    {
        foreach (var reference in _answers.Keys.Where(reference => string.Equals(reference.Name, name, StringComparison.OrdinalIgnoreCase)))
            _answers.TryRemove(reference, out _);
    }

    /// <summary>
    /// Makes the next question about every secret reach its source again; a source that is down then leaves the last answer in use.
    /// </summary>
    internal void Outdate()
    {
        foreach (var (reference, answer) in _answers)
            _answers.TryUpdate(reference, answer with { At = DateTimeOffset.MinValue }, answer);
    }

    /// <summary>
    /// Begins a look at a whole configuration, with all of its secrets asked for at once. Within another such look it is part of that.
    /// </summary>
    internal IDisposable BeginPass(IReadOnlyCollection<SecretReference> references)
    {
        var pass = _flow.BeginPass();
        // Those that were answered before come first: their source is most likely to answer, and so is not taken for broken over one name.
        var ordered = references
            .Distinct()
            .OrderByDescending(reference => _answers.TryGetValue(reference, out var known) && known.StaleBecause is null)
            .ToList();
        Task.Run(() => LookAsync(ordered)).GetAwaiter().GetResult();
        return pass;
    }

    // The others wait for a source's first answer anyway: which one it is asked for first is not left to chance.
    private async Task LookAsync(List<SecretReference> ordered)
    {
        if (ordered is [var first, ..])
            await LookAsync(first, CancellationToken.None).ConfigureAwait(false);
        await Parallel
            .ForEachAsync(
                ordered.Skip(1),
                new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce },
                async (reference, token) => await LookAsync(reference, token).ConfigureAwait(false)
            )
            .ConfigureAwait(false);
    }

    /// <summary>Looks a secret up while options are bound, which cannot wait asynchronously.</summary>
    internal SecretLookup Resolve(SecretReference reference, string component) =>
        Task.Run(() => FindAsync(reference, component, CancellationToken.None)).GetAwaiter().GetResult();

    internal async Task<SecretLookup> FindAsync(SecretReference reference, string component, CancellationToken cancellationToken)
    {
        if (_flow.Instead is { } instead && instead != this)
            return await instead.FindAsync(reference, component, cancellationToken).ConfigureAwait(false);

        var answer = await LookAsync(reference, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not null)
            Log.SecretRead(logger, reference.Name, answer.Source, component);
        return new SecretLookup(answer.Value, answer.Fault);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in sources)
            await slot.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private Task<SecretAnswer> LookAsync(SecretReference reference, CancellationToken cancellationToken) =>
        _flow.Call is { } call ? LookForSourceAsync(reference, call, cancellationToken)
        : _flow.Pass is { } pass
            ? pass.FindAsync(environment().Name, reference, () => LookAsync(reference, pass, CancellationToken.None))
                .WaitAsync(cancellationToken)
        : LookAsync(reference, null, cancellationToken);

    // Only what comes before every source of the app's own: the source that asks would have to wait for itself.
    private async Task<SecretAnswer> LookForSourceAsync(SecretReference reference, SourceCall call, CancellationToken cancellationToken)
    {
        foreach (var slot in sources.Where(static slot => slot.IsBuiltIn))
        {
            var reply = await AskAsync(slot, reference, cancellationToken).ConfigureAwait(false);
            if (reply.Failure is { } failure)
                return new SecretAnswer(null, slot.Name, $"could not be read: {slot.Name}: {failure}.");
            if (reply.Value is null)
                continue;

            issued.Add(reply.Value.Value);
            return new SecretAnswer(reply.Value.Value, slot.Name, null);
        }

        return new SecretAnswer(
            null,
            call.Source,
            $"source {call.Source} reads itself before it can be asked for any. Put it where sources are asked before that one: the "
                + $"variable {EnvironmentSecretSource.VariableOf(reference)}, a mounted file or the sealed file."
        );
    }

    private async Task<SecretAnswer> LookAsync(SecretReference reference, SecretPass? pass, CancellationToken cancellationToken)
    {
        var known = _answers.GetValueOrDefault(reference);
        if (known is not null && known.StaleBecause is null && time.GetUtcNow() - known.At < KeptFor && !IsOver(known.Value))
            return known.ToAnswer();

        var failures = new List<string>();
        var mayGoOn = true;
        foreach (var slot in sources)
        {
            var reply = pass is null
                ? await AskAsync(slot, reference, cancellationToken).ConfigureAwait(false)
                : await pass.AskAsync(slot, reference, () => AskAsync(slot, reference, CancellationToken.None)).ConfigureAwait(false);
            if (reply.Failure is { } failure)
            {
                failures.Add($"{slot.Name}: {failure}");
                if (IsKept(known))
                    break;

                // What a weaker source has may be old: nobody would notice which of the two is in use.
                mayGoOn = reply.MayGoOn;
                if (mayGoOn)
                    continue;
                break;
            }

            if (reply.Value is not { } value)
                continue;

            issued.Add(value.Value);
            if (IsOver(value))
                return new SecretAnswer(
                    null,
                    slot.Name,
                    $"expired at {value.ExpiresAt:yyyy-MM-ddTHH:mm:ssZ} in {slot.Name}. Set a new value there."
                );

            var stale = failures.Count == 0 ? null : string.Join("; ", failures);
            if (stale is not null)
                Log.SecretFallback(logger, reference.Name, slot.Name, stale);
            return (_answers[reference] = new Answer(value, slot.Name, time.GetUtcNow(), stale)).ToAnswer();
        }

        if (failures.Count > 0 && IsKept(known))
        {
            var reason = string.Join("; ", failures);
            Log.SecretStale(logger, known!.Source, reference.Name, reason);
            return (_answers[reference] = known with { StaleBecause = reason }).ToAnswer();
        }

        var variable = EnvironmentSecretSource.VariableOf(reference);
        return new SecretAnswer(
            null,
            "",
            failures.Count > 0
                ? $"could not be read: {string.Join("; ", failures)}. Make the source answer, or set the variable "
                    + $"{variable}.{(mayGoOn ? "" : " Sources after it were not asked: what they have may be old.")}"
                : $"no source has (asked: "
                    + $"{string.Join(", ", sources.Select(static slot => slot.Name))}{(EnvironmentSecretSource.IsEmpty(reference) ? $"; the variable {variable} is set and empty, which counts only with {EnvironmentSecretSource.TakesEmptyKey}=true" : "")}). Set it with 'deploy secrets set {reference.Name}', or the variable {variable}."
        );
    }

    private async Task<SourceReply> AskAsync(SecretSourceSlot slot, SecretReference reference, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A source that ignores its token is not waited for, and neither is one whose constructor hangs.
            var asked = Task.Run(
                () =>
                    _flow.AskAsync(
                        slot,
                        new SecretRequest
                        {
                            Name = reference.Name,
                            Version = reference.Version,
                            Environment = environment(),
                        },
                        both.Token
                    ),
                CancellationToken.None
            );
            _ = asked.ContinueWith(
                static task => _ = task.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
            return new SourceReply(await asked.WaitAsync(both.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            if (limit.IsCancellationRequested)
                return new SourceReply(null, $"no answer within {TimeLimit.TotalSeconds:0} s", slot.AllowsFallback(null), IsSilent: true);
            Log.SecretSourceFailed(logger, slot.Name, StackText.WithoutWords(e));
            return new SourceReply(null, e.GetType().Name, slot.AllowsFallback(e));
        }
        // A driver's own words may repeat what it was given; messages of this toolkit never do.
        catch (Exception e) when (e is not OutOfMemoryException and not OperationCanceledException)
        {
            Log.SecretSourceFailed(logger, slot.Name, StackText.WithoutWords(e));
            return new SourceReply(
                null,
                e is DeploymentException own ? own.Messages[0].Text.TrimEnd('.') : e.GetType().Name,
                slot.AllowsFallback(e)
            );
        }
    }

    private bool IsKept(Answer? known) => known is not null && !IsOver(known.Value);

    private bool IsOver(SecretValue value) => value.ExpiresAt is { } end && end <= time.GetUtcNow();

    private sealed record Answer(SecretValue Value, string Source, DateTimeOffset At, string? StaleBecause)
    {
        internal SecretAnswer ToAnswer() => new(Value.Value, Source, null);
    }
}
