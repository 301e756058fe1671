using System.Collections;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>Logs what the toolkit says without secrets and without what a terminal would obey: text, values and exceptions.</summary>
internal sealed class MaskingLogger(ILogger inner, SecretRedactor redactor) : ILogger
{
    /// <summary>The logger of a type, as the host makes it, with the mask in front.</summary>
    internal static MaskingLogger Of<T>(IServiceProvider services) =>
        new(services.GetRequiredService<ILogger<T>>(), services.GetRequiredService<SecretRedactor>());

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        try
        {
            LogMasked(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A log that cannot be written stops nothing, and there is nowhere left to write that: it is counted.
            Telemetry.Count(Telemetry.LogFailures);
        }
    }

    private void LogMasked<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!inner.IsEnabled(logLevel))
            return;

        var masked = new MaskedState(
            Clean(formatter(state, exception)),
            state is IReadOnlyList<KeyValuePair<string, object?>> values ? [.. values.Select(Mask)] : []
        );
        inner.Log(logLevel, eventId, masked, exception is null ? null : Mask(exception), static (masked, _) => masked.ToString());
    }

    private string Clean(string text) => VisibleText.Lines(redactor.Redact(text));

    // The template is the toolkit's own, and tools group by it.
    private KeyValuePair<string, object?> Mask(KeyValuePair<string, object?> value) =>
        value switch
        {
            { Key: "{OriginalFormat}" } => value,
            { Value: string text } => new(value.Key, Clean(text)),
            { Value: Release release } => new(value.Key, Clean(release.ToString())),
            _ => value,
        };

    private Exception Mask(Exception exception) =>
        exception.ToString() is var text && redactor.Redact(text) is var masked && masked != text
            ? new MaskedException(redactor.Redact(exception.Message), masked)
            : exception;

    private sealed class MaskedState(string text, KeyValuePair<string, object?>[] values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Length;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
            ((IEnumerable<KeyValuePair<string, object?>>)values).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => text;
    }

    /// <summary>Stands for an exception that holds a secret: its whole text, masked.</summary>
    private sealed class MaskedException(string message, string text) : Exception(message)
    {
        public override string ToString() => text;
    }
}
