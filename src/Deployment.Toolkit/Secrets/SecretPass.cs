using System.Collections.Concurrent;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// One look at a whole configuration. Each secret is looked up once in it, and a source that is broken is asked once: with a hundred
/// secrets a silent vault would otherwise hold the start up for a hundred times its limit.
/// </summary>
internal sealed class SecretPass : IDisposable
{
    private readonly ConcurrentDictionary<(string Environment, SecretReference Reference), Lazy<Task<SecretAnswer>>> _found = new();
    private readonly ConcurrentDictionary<SecretSourceSlot, SourceTrial> _trials = new();
    private readonly Action _end;

    internal SecretPass(Action end) => _end = end;

    internal Task<SecretAnswer> FindAsync(string environment, SecretReference reference, Func<Task<SecretAnswer>> look) =>
        _found.GetOrAdd((environment, reference), static (_, find) => new Lazy<Task<SecretAnswer>>(find), look).Value;

    /// <summary>Asks a source unless it is known to be broken. Until it has answered once, nobody else asks it.</summary>
    internal async Task<SourceReply> AskAsync(SecretSourceSlot slot, SecretReference reference, Func<Task<SourceReply>> ask)
    {
        var trial = _trials.GetOrAdd(slot, static _ => new SourceTrial());
        if (trial.HasAnswered)
            return trial.Broken ?? Note(await ask().ConfigureAwait(false));

        await trial.First.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!trial.HasAnswered)
                return trial.Broken ?? Note(await ask().ConfigureAwait(false));
        }
        finally
        {
            trial.First.Release();
        }

        // It answered while this one waited: who waits behind it asks at once, too.
        return trial.Broken ?? Note(await ask().ConfigureAwait(false));

        SourceReply Note(SourceReply reply)
        {
            // One that answers other questions is not broken; one that is silent, or that never answered any, is.
            if (reply.Failure is null)
                trial.HasAnswered = true;
            else if (reply.IsSilent || (!slot.IsBuiltIn && !trial.HasAnswered))
                trial.Broken = reply with
                {
                    Failure = $"{reply.Failure} (when it was asked for '{reference.Name}'; it was not asked again)",
                };
            return reply;
        }
    }

    public void Dispose() => _end();

    private sealed class SourceTrial
    {
        private volatile bool _hasAnswered;
        private volatile SourceReply? _broken;

        internal SemaphoreSlim First { get; } = new(1, 1);

        internal bool HasAnswered
        {
            get => _hasAnswered;
            set => _hasAnswered = value;
        }

        internal SourceReply? Broken
        {
            get => _broken;
            set => _broken = value;
        }
    }
}

/// <summary>What a source said: a value, nothing, or why it could not.</summary>
internal sealed record SourceReply(SecretValue? Value, string? Failure, bool MayGoOn = false, bool IsSilent = false);

/// <summary>What was found of a secret, and where; or why not.</summary>
internal sealed record SecretAnswer(Secret? Value, string Source, string? Fault);
