using System.Text;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Migrations;

/// <summary>The scripts that a new migration begins as: both are there, or none.</summary>
internal static class EmptyScripts
{
    /// <param name="folder">Where migrations lie; made where it is not there.</param>
    /// <param name="slug">What the files are called behind the version.</param>
    /// <param name="name">What the migration does.</param>
    /// <param name="known">Versions that are taken, besides those in the folder.</param>
    /// <param name="now">What a version by time begins with.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The script and its way back.</returns>
    /// <exception cref="DeploymentException">The folder can't be written.</exception>
    internal static Task<IReadOnlyList<string>> WriteAsync(
        string folder,
        string slug,
        string name,
        IEnumerable<string> known,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // Which version it gets is known when it has one.
        var asked = Path.Combine(folder, $"{slug}.sql");
        FileRefusal.EnsureWritable(asked);
        return FileRefusal.MakeAsync<IReadOnlyList<string>>(
            asked,
            async () =>
            {
                DurableFile.CreateDirectory(folder);
                using var version = NewVersion.Reserve(folder, known, now);
                var up = Path.Combine(folder, $"{version.Text}_{slug}.sql");
                var down = Path.Combine(folder, $"{version.Text}_{slug}.down.sql");
                await DurableFile
                    .WriteAsync(down, Encoding.UTF8.GetBytes($"-- Takes {Path.GetFileName(up)} back.\n"), cancellationToken)
                    .ConfigureAwait(false);
                try
                {
                    await DurableFile.WriteAsync(up, Encoding.UTF8.GetBytes($"-- {name}\n"), cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    DurableFile.TryDelete(down);
                    throw;
                }

                return [up, down];
            }
        );
    }
}
