using System.Text.Json;
using Deployment.Toolkit.Backup.Encryption;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Backup;

/// <summary>The descriptions beside an environment's backups.</summary>
/// <param name="folder">Where they lie.</param>
/// <param name="extension">The end of a backup's file name.</param>
internal sealed class BackupDescriptions(string folder, string extension)
{
    /// <summary>The descriptions of those whose files are there.</summary>
    internal IEnumerable<string> Paths() =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*" + extension + "*.json")
                .Where(description => EndingOf(description) is not null && File.Exists(description[..^".json".Length]))
            : [];

    /// <summary>What a backup's file ends in, by its description's name; <see langword="null"/> where it is none.</summary>
    internal string? EndingOf(string description) =>
        BackupEnding.Of(extension).FirstOrDefault(ending => description.EndsWith(ending + ".json", StringComparison.Ordinal));

    /// <summary>Newest first, by the journal.</summary>
    internal static IReadOnlyList<BackupInfo> InOrder(IEnumerable<BackupInfo> backups) =>
        [
            .. backups
                .OrderByDescending(static backup => backup.JournalRecords)
                .ThenByDescending(static backup => backup.TakenAt)
                .ThenByDescending(static backup => backup.Name, StringComparer.Ordinal),
        ];

    /// <summary>Reads one.</summary>
    /// <returns>The backup; <see langword="null"/> when it was pruned meanwhile.</returns>
    internal BackupInfo? Read(string description)
    {
        try
        {
            return (
                JsonSerializer.Deserialize(File.ReadAllBytes(description), BackupJson.Default.BackupInfo)
                ?? throw new JsonException("it is empty")
            ) with
            {
                File = description[..^".json".Length],
                // The file's, whatever it says: the journal knows backups by it.
                Name = Path.GetFileName(description)[..^(EndingOf(description) + ".json").Length],
            };
        }
        catch (FileNotFoundException) when (new FileInfo(description).LinkTarget is null)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException || DiskFault.Is(e))
        {
            throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Description '{description}' of a backup cannot be read: {Sentence.Of(e)} Put it back, or move it and its backup out "
                    + $"of the folder.",
                e
            );
        }
    }
}
