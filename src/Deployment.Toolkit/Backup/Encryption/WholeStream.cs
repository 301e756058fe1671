namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>
/// Reads what a compressed stream holds and, behind its end, what it lies in: only there an encrypted one tells that it was cut.
/// </summary>
internal sealed class WholeStream(Stream content, Stream beneath) : Stream
{
    private bool _isAtEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_isAtEnd || buffer.IsEmpty)
            return 0;

        var count = content.Read(buffer);
        if (count > 0)
            return count;

        _isAtEnd = true;
        Span<byte> rest = stackalloc byte[256];
        while (beneath.Read(rest) > 0) { }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
        base.Dispose(disposing);
    }
}
