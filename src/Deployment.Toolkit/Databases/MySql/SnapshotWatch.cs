using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Hands on what a program writes, and tells when it began with a database's content: what stands before that it writes before it looks.
/// </summary>
internal sealed class SnapshotWatch(Stream to, Action begun) : WritingStream
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
}
