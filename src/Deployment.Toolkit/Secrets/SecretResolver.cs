using System.Collections.Concurrent;
using Deployment.Toolkit.Configuration;
using Deployment.Toolkit.Configuration.Binding;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// Asks the sources in their order. An answer is kept for a while; afterwards a source that fails leaves the last answer in use, so that a
/// vault that is down for an hour takes no running app with it.
/// </summary>
internal sealed class SecretResolver(IReadOnlyList<ISecretSource> sources, Func<DeploymentEnvironment> environment, IssuedSecrets issued, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<SecretReference, Answer> _answers = new();

    /// <summary>How long one source may take. Default 10 seconds: a start should not hang on a vault for longer than a health check would.</summary>
    internal TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Secrets whose source does not answer at the moment, with why.</summary>
    internal IReadOnlyList<(string Name, string Reason)> Stale =>
        [.. _answers.Where(static pair => pair.Value.StaleBecause is not null).Select(static pair => (pair.Key.Name, pair.Value.StaleBecause!)).Order()];

    /// <summary>Secrets with an end, for reports.</summary>
    internal IReadOnlyList<(string Name, DateTimeOffset ExpiresAt)> Expiring =>
        [.. _answers.Where(static pair => pair.Value.Value.ExpiresAt is not null).Select(static pair => (pair.Key.Name, pair.Value.Value.ExpiresAt!.Value)).Order()];

    /// <summary>Makes the next question about a secret reach its source again, because the secret was changed.</summary>
    internal void Forget(string name)
    {
        foreach (var reference in _answers.Keys.Where(reference => string.Equals(reference.Name, name, StringComparison.OrdinalIgnoreCase))) _answers.TryRemove(reference, out _);
    }

    /// <summary>Makes the next question about every secret reach its source again; a source that is down then leaves the last answer in use.</summary>
    internal void Outdate()
    {
        foreach (var (reference, answer) in _answers) _answers.TryUpdate(reference, answer with { At = DateTimeOffset.MinValue }, answer);
    }

    /// <summary>Looks a secret up while options are bound, which cannot wait asynchronously.</summary>
    internal SecretLookup Resolve(SecretReference reference, string component) =>
        Task.Run(() => FindAsync(reference, component, CancellationToken.None)).GetAwaiter().GetResult();

    internal async Task<SecretLookup> FindAsync(SecretReference reference, string component, CancellationToken cancellationToken)
    {
        var known = _answers.GetValueOrDefault(reference);
        if (known is not null && known.StaleBecause is null && time.GetUtcNow() - known.At < KeptFor && !IsOver(known.Value)) return Give(reference, known, component);

        var failures = new List<string>();
        foreach (var source in sources)
        {
            var (value, failure) = await AskAsync(source, reference, cancellationToken).ConfigureAwait(false);
            if (failure is not null) failures.Add($"{source.Name}: {failure}");
            if (value is null) continue;

            issued.Add(value.Value);
            if (IsOver(value)) return new SecretLookup(null, $"expired at {value.ExpiresAt:yyyy-MM-ddTHH:mm:ssZ} in {source.Name}. Set a new value there.");

            var answer = _answers[reference] = new Answer(value, source.Name, time.GetUtcNow(), null);
            return Give(reference, answer, component);
        }

        if (failures.Count > 0 && known is not null && !IsOver(known.Value))
        {
            var reason = string.Join("; ", failures);
            Log.SecretStale(logger, known.Source, reference.Name, reason);
            _answers[reference] = known with { StaleBecause = reason };
            return new SecretLookup(known.Value.Value, null);
        }

        var places = string.Join(", ", sources.Select(static source => source.Name));
        return new SecretLookup(null, failures.Count > 0
            ? $"could not be read: {string.Join("; ", failures)}. Make the source answer, or set the variable {Sources.EnvironmentSecretSource.VariableOf(reference)}."
            : $"no source has (asked: {places}{(Sources.EnvironmentSecretSource.IsEmpty(reference) ? $"; the variable {Sources.EnvironmentSecretSource.VariableOf(reference)} is set and empty, which counts only with {Sources.EnvironmentSecretSource.TakesEmptyKey}=true" : "")}). Set it with: deploy secrets set {reference.Name}, or the variable {Sources.EnvironmentSecretSource.VariableOf(reference)}.");
    }

    private async Task<(SecretValue? Value, string? Failure)> AskAsync(ISecretSource source, SecretReference reference, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A source that ignores its token is not waited for.
            var asked = Task.Run(async () => await source.FindAsync(new SecretRequest(reference.Name, reference.Version, environment()), both.Token).ConfigureAwait(false), CancellationToken.None);
            return (await asked.WaitAsync(both.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"no answer within {TimeLimit.TotalSeconds:0} s");
        }
        // A driver's own words may repeat what it was given; messages of this toolkit never do.
        catch (Exception e) when (e is not OutOfMemoryException and not OperationCanceledException)
        {
            return (null, e is DeploymentException own ? own.Messages[0].Text.TrimEnd('.') : e.GetType().Name);
        }
    }

    private SecretLookup Give(SecretReference reference, Answer answer, string component)
    {
        Log.SecretRead(logger, reference.Name, answer.Source, component);
        return new SecretLookup(answer.Value.Value, null);
    }

    private bool IsOver(SecretValue value) => value.ExpiresAt is { } end && end <= time.GetUtcNow();

    private sealed record Answer(SecretValue Value, string Source, DateTimeOffset At, string? StaleBecause);
}
