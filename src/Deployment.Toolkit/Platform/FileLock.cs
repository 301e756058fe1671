namespace Deployment.Toolkit.Platform;
internal sealed class FileLock : IDisposable {
  private readonly FileStream _s; private FileLock(FileStream s){_s=s;}
  internal static FileLock? TryAcquire(string path){ try { return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)); } catch (IOException) when (File.Exists(path)) { return null; } }
  public void Dispose()=>_s.Dispose();
}
