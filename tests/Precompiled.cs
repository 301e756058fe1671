namespace Deployment.Toolkit;

/// <summary>An app that tests start as a process: as it was compiled beforehand, where it was.</summary>
internal static class Precompiled
{
    internal static string PathOf(string app)
    {
        var compiled = Path.Combine(AppContext.BaseDirectory, "precompiled", app + ".dll");
        return File.Exists(compiled) ? compiled : Path.Combine(AppContext.BaseDirectory, app + ".dll");
    }
}
