using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>A journal in a file, under a lock of the operating system that dies with the process.</summary>
internal sealed class JournalFile(JournalPaths paths) : JournalStore
{
    internal override string Title => paths.Journal;

    internal override string? File => paths.Journal;

    internal override JournalPaths Local => paths;

    internal override string KeyTitle => $"'{paths.Key}'";

    internal override ValueTask<JournalKey?> ReadKeyAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(JournalKey.Read(PrivateFile.ReadAll(paths.Key), $"File '{paths.Key}'"));

    internal override ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = PrivateFile.ReadAll(paths.Journal) ?? [];
            return ValueTask.FromResult(after == 0 ? bytes : bytes[StartOf(bytes, after)..]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeploymentException.Refused(
                Codes.JournalNotWritable,
                $"Journal '{Title}' cannot be read: {Sentence.Of(e)} Let the deploying user read and write it.",
                e
            );
        }
    }

    internal override ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            paths.EnsureFolder();
            return ValueTask.FromResult<JournalWriter?>(
                FileLock.TryAcquire(paths.Lock) is { } taken ? new JournalFileWriter(paths, taken) : null
            );
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw paths.NotWritable(e);
        }
    }

    internal override ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken) => ValueTask.FromResult(FileLock.IsHeld(paths.Lock));

    internal override ValueTask<string> StampAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(paths.Journal);
        return ValueTask.FromResult(
            file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks} {file.Length}") : ""
        );
    }

    internal override ValueTask<DeploymentMessage?> WhyNotWritableAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(WhyNotWritable());

    private DeploymentMessage? WhyNotWritable()
    {
        paths.CheckFolder();
        using (PrivateFile.Open(paths.Lock, write: false)) { }

        var reason = WriteAccess.WhyNotIn(paths.Folder) ?? WriteAccess.WhyNotTo(paths.Lock) ?? WriteAccess.WhyNotTo(paths.Journal);
        return reason is null
            ? null
            : new DeploymentMessage(
                Codes.JournalNotWritable,
                $"Journal folder '{paths.Folder}' cannot be written: {reason} Nothing was changed. Let the deploying user write there, "
                    + $"or name another folder with the setting Deployment:Directory."
            );
    }

    private static int StartOf(ReadOnlySpan<byte> bytes, long after)
    {
        var start = 0;
        for (; after > 0; after--)
        {
            var end = bytes[start..].IndexOf((byte)'\n');
            if (end < 0)
                return bytes.Length;
            start += end + 1;
        }

        return start;
    }
}
