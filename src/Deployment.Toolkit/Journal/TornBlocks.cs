namespace Deployment.Toolkit.Journal;

/// <summary>
/// Tells an append that the disk never got whole from a record that was damaged later. A file system may lengthen a file before it writes
/// its blocks, and after a power cut those read as zeros: whole blocks of them, from the beginning of the append or of a block to the end
/// of one. No record holds a zero byte, so a zero anywhere else was put into one that had been durable.
/// </summary>
internal static class TornBlocks
{
    // The smallest block that disks write.
    private const int Block = 512;

    internal static bool Has(ReadOnlySpan<byte> file, int start)
    {
        var has = false;
        for (var at = start; at < file.Length; )
        {
            var zeros = file[at..].IndexOf((byte)0);
            if (zeros < 0)
                return has;

            var from = at + zeros;
            var count = file[from..].IndexOfAnyExcept((byte)0);
            var to = count < 0 ? file.Length : from + count;
            if ((from != start && from % Block != 0) || (to != file.Length && to % Block != 0))
                return false;

            (has, at) = (true, to);
        }

        return has;
    }
}
