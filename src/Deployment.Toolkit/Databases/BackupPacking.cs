namespace Deployment.Toolkit.Databases;

/// <summary>What the content of a backup passes through on its way into a file and out of it.</summary>
/// <param name="Pack">Makes of a file, which is closed along, what content is written to; its end is written when that is closed.</param>
/// <param name="Unpack">Makes of a file, which is closed along, what content is read from.</param>
internal sealed record BackupPacking(Func<Stream, Stream> Pack, Func<Stream, Stream> Unpack);
