namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Hands on what a program writes, and tells when it began with a database's content: what stands before that it writes before it looks.
/// </summary>
internal sealed class SnapshotWatch(Stream to, Action begun) : Stream
{
    // A header of some comments and settings is shorter.
    private const int Longest = 64 * 1024;

    private static readonly byte[][] s_marks =
    [
        [.. "\n-- Table structure"u8],
        [.. "\n-- Temporary "u8],
        [.. "\n-- Sequence structure"u8],
        [.. "\n-- Dumping "u8],
        [.. "\n-- Dump completed"u8],
    ];

    private readonly List<byte> _head = [];
    private bool _isTold;

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
        to.Write(buffer);
        if (_isTold)
            return;

        _head.AddRange(buffer);
        var head = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_head);
        foreach (var mark in s_marks)
        {
            if (head.IndexOf(mark) >= 0 || head.Length > Longest)
            {
                _isTold = true;
                _head.Clear();
                begun();
                return;
            }
        }
    }

    public override void Flush() => to.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
