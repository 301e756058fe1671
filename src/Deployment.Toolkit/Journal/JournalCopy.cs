using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// A file with a journal's lines, as an export or the file store leaves it, to read. What stands beside it under the file store's names is
/// read too: the key, how far the journal was, and the other files that make it.
/// </summary>
/// <param name="file">The file's full path.</param>
/// <param name="keyFile">The key's; <see langword="null"/> for the one beside it, which may not be there.</param>
internal sealed class JournalCopy(string file, string? keyFile) : JournalStore
{
    private readonly string _key = keyFile ?? Path.Combine(Path.GetDirectoryName(file)!, JournalKey.FileName);

    internal override string Title => file;

    /// <summary>The files that are read.</summary>
    internal IReadOnlyList<string> Files
    {
        get
        {
            if (!JournalFiles.IsOne(file))
                return [file];

            var first = Path.Combine(Path.GetDirectoryName(file)!, JournalPaths.JournalName);
            var (files, stayed) = (JournalFiles.Of(first), Path.Combine(Path.GetDirectoryName(file)!, JournalPaths.StayedName));
            string[] parts = [.. files.Segments.Select(static segment => segment.Path)];
            return parts.Length == 0 ? [file]
                : files.End > files.Start && System.IO.File.Exists(stayed) ? [stayed, .. parts]
                : parts;
        }
    }

    internal override string? File => file;

    internal override JournalPaths Local => throw new NotSupportedException("A copy of a journal has no place of its own.");

    internal override string KeyTitle => $"'{_key}'";

    internal override JournalHead? ReadHead() => JournalHead.TryRead(Path.Combine(Path.GetDirectoryName(file)!, JournalPaths.HeadName));

    internal override ValueTask<JournalKey?> ReadKeyAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(System.IO.File.Exists(_key) || keyFile is not null ? JournalKey.Read(Bytes(_key), $"File '{_key}'") : null);

    internal override ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken) =>
        after == 0 ? ValueTask.FromResult(Bytes()) : throw new NotSupportedException("A copy is read whole.");

    internal override ValueTask<JournalPage> ReadPageAsync(RecordPlace before, int lines, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A copy is read whole.");

    internal override ValueTask<IReadOnlyList<byte[]>> ReadLinesAsync(
        IReadOnlyList<RecordPlace> places,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException("A copy is read whole.");

    internal override ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("A copy of a journal is not written.");

    internal override ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(FileLock.IsHeld(Path.Combine(Path.GetDirectoryName(file)!, JournalPaths.LockName)));

    internal override ValueTask<string> StampAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("A copy of a journal does not change.");

    internal override ValueTask<DeploymentMessage?> WhyNotWritableAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("A copy of a journal is not written.");

    private byte[] Bytes() => Files is [var only] ? Bytes(only) : [.. Files.SelectMany(Bytes)];

    private static byte[] Bytes(string path)
    {
        try
        {
            return System.IO.File.ReadAllBytes(path);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw DeploymentException.Refused(
                Codes.JournalNotImported,
                $"File '{path}' cannot be read: {Sentence.Of(e)} Nothing was changed. Name a file that 'deploy journal export FILE' wrote, or "
                    + "the 'journal.jsonl' of a deployment's folder.",
                e
            );
        }
    }
}
