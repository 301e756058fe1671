using Deployment.Toolkit.Secrets.Masking;

namespace Deployment.Toolkit.Execution;

/// <summary>What a step writes: shown at once, and its end kept for the journal; secrets are masked on the way to both.</summary>
internal sealed class StepOutput(SecretRedactor redactor, Action<string> show)
{
    // Enough for the end of a stack trace; a journal is read by people at night and kept for years.
    private const int MostLines = 40;
    private const int LongestLine = 400;

    private readonly Queue<string> _lines = new();

    internal void Write(string line)
    {
        var text = redactor.Redact(line);
        if (text.Length > LongestLine)
            text = string.Concat(text.AsSpan(0, LongestLine), "…");
        lock (_lines)
        {
            _lines.Enqueue(text);
            if (_lines.Count > MostLines)
                _lines.Dequeue();
        }

        show(text);
    }

    internal IReadOnlyList<string> Kept
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }
}
