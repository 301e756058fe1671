namespace Deployment.Toolkit.Databases;

/// <summary>What the content of a backup passes through on its way into a file and out of it.</summary>
internal abstract class BackupPacking
{
    /// <summary>Packs what is written; the end is written when that is closed.</summary>
    /// <param name="file">The file, closed along.</param>
    internal abstract Stream Pack(Stream file);

    /// <summary>The content of a file.</summary>
    /// <param name="file">The file, closed along.</param>
    internal abstract Stream Unpack(Stream file);
}
