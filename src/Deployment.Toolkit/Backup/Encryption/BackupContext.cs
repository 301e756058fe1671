using System.Text;

namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>What an encrypted backup is bound to: it opens as nothing else's.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Database">What the database itself is called.</param>
/// <param name="Schema">The versions of the migrations that it holds, in their order.</param>
/// <param name="TakenAt">When it was begun (UTC).</param>
internal sealed record BackupContext(string Environment, string Database, IReadOnlyList<string> Schema, DateTimeOffset TakenAt)
{
    /// <summary>As bytes, each part behind its length, so that no two contexts are the same bytes.</summary>
    /// <param name="use">What is bound to it.</param>
    internal byte[] ToBytes(string use)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write("deployment-toolkit/backup/1");
        writer.Write(use);
        writer.Write(Environment);
        writer.Write(Database);
        writer.Write(Schema.Count);
        foreach (var version in Schema)
            writer.Write(version);
        writer.Write(TakenAt.UtcTicks);
        writer.Flush();
        return bytes.ToArray();
    }
}
