using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// Files that somebody asked for: what keeps one from being written is a refusal that names it. Whoever writes several asks about each
/// before the first.
/// </summary>
internal static class FileRefusal
{
    private const string Nothing = "Nothing was written.";

    /// <exception cref="DeploymentException">It can't be written, as far as can be told beforehand.</exception>
    internal static void EnsureWritable(string file)
    {
        // It is renamed into place, for which it need not be writable itself.
        var reason = Directory.Exists(file)
            ? $"'{file}' is a folder, not a file."
            : WriteAccess.WhyNotIn(Path.GetDirectoryName(Path.GetFullPath(file))!);
        if (reason is not null)
            throw Of(file, reason, Nothing);
    }

    /// <summary>Writes a file.</summary>
    /// <param name="file">What the refusal names.</param>
    /// <param name="write">Writes it, whole or not at all.</param>
    /// <param name="undone">What became of the rest.</param>
    /// <exception cref="DeploymentException">The disk refuses it.</exception>
    internal static Task WriteAsync(string file, Func<Task> write, string undone = Nothing) =>
        MakeAsync(
            file,
            async () =>
            {
                await write().ConfigureAwait(false);
                return true;
            },
            undone
        );

    /// <inheritdoc cref="WriteAsync"/>
    internal static async Task<T> MakeAsync<T>(string file, Func<Task<T>> write, string undone = Nothing)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Of(file, Sentence.Of(e), undone);
        }
    }

    private static DeploymentException Of(string file, string reason, string undone) =>
        DeploymentException.Refused(
            Codes.FileNotWritten,
            $"File '{file}' can't be written: {reason} {undone} Let the user who runs the command write there, make room, or take away what "
                + $"stands in the way, then run it again."
        );
}
