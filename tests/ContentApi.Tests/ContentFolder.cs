namespace ContentApi.Tests;

/// <summary>A folder that is gone after the test.</summary>
public sealed class ContentFolder : IDisposable
{
    public ContentFolder() => Database = new SqliteFile(System.IO.Path.Combine(Path, "content.db"));

    internal string Path { get; } = Directory.CreateTempSubdirectory("dtk-content-").FullName;

    internal SqliteFile Database { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
