namespace ContentApi.Tests;

/// <summary>A folder that is gone after the test.</summary>
public sealed class ContentFolder : IDisposable
{
    public ContentFolder() => Database = new SqliteFile(System.IO.Path.Combine(Path, "content.db"));

    internal string Path { get; } = Directory.CreateTempSubdirectory("dtk-content-").FullName;

    internal SqliteFile Database { get; }

    /// <summary>Copies what the sample reads beside its program: settings, sealed secrets and the published keys that open them.</summary>
    internal static void CopySettingsTo(string folder)
    {
        foreach (var pattern in (string[])["appsettings*.json", "secrets.*"])
        {
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, pattern)) File.Copy(file, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)));
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
