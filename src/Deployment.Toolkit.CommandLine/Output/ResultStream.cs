using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// Standard output where it leads into a file or a pipe. That may be full, or closed: what a deployment did is done all the same, and its
/// exit code has to tell that.
/// </summary>
internal sealed class ResultStream(Stream inner) : Stream
{
    /// <summary>Why it took no more; <see langword="null"/> while it takes everything. What comes after that is dropped.</summary>
    internal Exception? Fault { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

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

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
