namespace Deployment.Toolkit.Platform;
internal static class DurableFile {
  internal static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken){ await File.WriteAllBytesAsync(path, content.ToArray(), cancellationToken).ConfigureAwait(false); }
  internal static void FlushDirectory(string directory){}
  internal static void Replace(string source,string destination)=>File.Move(source,destination,true);
  internal static void CreateDirectory(string path)=>Directory.CreateDirectory(path);
}
