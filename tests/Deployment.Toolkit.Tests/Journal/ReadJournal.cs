using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>Looks into a journal's file as it is.</summary>
internal static class ReadJournal
{
    internal static JournalContent Of(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var paths = new JournalPaths(Path.GetDirectoryName(folder)!, Path.GetFileName(folder));
        // A file's reading is complete when it returns.
        return JournalReader.ReadAsync(new JournalFile(paths), CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    internal static Task<JournalSession?> OpenAsync(JournalPaths paths, JournalHolder holder) =>
        JournalSession.TryOpenAsync(new JournalFile(paths), "up", holder, static () => "", TimeProvider.System, CancellationToken.None);
}
