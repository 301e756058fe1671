using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// Standard output where it leads into a file or a pipe. That may be full, or closed: what a deployment did is done all the same, and its
/// exit code has to tell that.
/// </summary>
internal sealed class ResultStream(Stream inner) : WritingStream
{
    /// <summary>Why it took no more; <see langword="null"/> while it takes everything. What comes after that is dropped.</summary>
    internal Exception? Fault { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Fault is not null)
            return;

        try
        {
            inner.Write(buffer);
            inner.Flush();
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            Fault = e;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
