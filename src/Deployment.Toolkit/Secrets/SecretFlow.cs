namespace Deployment.Toolkit.Secrets;

/// <summary>
/// What the code that runs is part of: a look at a whole configuration, or a question to a source. It flows into what that code starts.
/// </summary>
internal sealed class SecretFlow
{
    private readonly AsyncLocal<SecretPass?> _pass = new();
    private readonly AsyncLocal<SourceCall?> _call = new();
    private readonly AsyncLocal<SecretResolver?> _instead = new();

    internal SecretPass? Pass => _pass.Value;

    internal SourceCall? Call => _call.Value is { IsOver: false } call ? call : null;

    /// <summary>The resolver that answers for now.</summary>
    internal SecretResolver? Instead => _instead.Value;

    /// <summary>
    /// Runs what needs secrets in the middle of a question to a source, which would have to wait for itself: another resolver answers, and
    /// what is being looked up meanwhile is none of it.
    /// </summary>
    internal T Aside<T>(SecretResolver instead, Func<T> ask)
    {
        var (pass, before) = (_pass.Value, _instead.Value);
        (_pass.Value, _instead.Value) = (null, instead);
        try
        {
            return ask();
        }
        finally
        {
            (_pass.Value, _instead.Value) = (pass, before);
        }
    }

    internal IDisposable BeginPass()
    {
        // One within another ends with it.
        if (_pass.Value is not null)
            return new SecretPass(static () => { });

        return _pass.Value = new SecretPass(() => _pass.Value = null);
    }

    /// <summary>Runs on a flow of its own, so that what is set here ends with it.</summary>
    internal Task<SecretValue?> AskAsync(SecretSourceSlot slot, SecretRequest request, CancellationToken cancellationToken) =>
        CallAsync(slot, async source => await source.FindAsync(request, cancellationToken).ConfigureAwait(false));

    /// <summary>Makes a source as its first question would, which may then have secrets of its own to wait for.</summary>
    internal Task MakeAsync(SecretSourceSlot slot) => CallAsync(slot, static _ => Task.FromResult(true));

    private async Task<T> CallAsync<T>(SecretSourceSlot slot, Func<ISecretSource, Task<T>> work)
    {
        var call = new SourceCall(slot.Title);
        if (!slot.IsBuiltIn)
            _call.Value = call;
        try
        {
            return await work(await slot.GetAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            call.End();
        }
    }
}
