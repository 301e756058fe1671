using System.Text.Json.Serialization.Metadata;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// The environment's lock and the right to append to its journal, under one fencing number. The lock is the operating system's and dies
/// with the process.
/// </summary>
internal sealed class JournalSession : IDisposable
{
    private readonly FileLock _lock;
    private readonly FileStream _stream;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _length;
    private bool _broken;

    private readonly JournalKey _key;

    private JournalSession(FileLock @lock, FileStream stream, JournalPaths paths, JournalContent content, JournalKey key, TimeProvider time, long fence)
    {
        _key = key;
        _lock = @lock;
        _stream = stream;
        _time = time;
        _length = content.ValidLength;
        Paths = paths;
        Ledger = EnvironmentLedger.OfSession(content.Records, key);
        Fence = Math.Max(Ledger.Fence, fence) + 1;
    }

    internal JournalPaths Paths { get; }

    internal EnvironmentLedger Ledger { get; }

    internal long Fence { get; }

    internal bool CutTornTail { get; private set; }

    /// <summary>How far the journal is: a record and its number that belong together, also while steps note something.</summary>
    internal JournalHead Head
    {
        get
        {
            lock (_gate) return JournalHead.Of(Ledger, "");
        }
    }

    /// <summary>Takes the lock if nobody holds it.</summary>
    /// <returns>The session, or <see langword="null"/> when another holds the lock.</returns>
    internal static JournalSession? TryOpen(JournalPaths paths, string verb, JournalHolder holder, Func<string> newKey, TimeProvider time, JournalRenewal? renewal = null)
    {
        FileLock? fileLock = null;
        FileStream? stream = null;
        try
        {
            paths.EnsureFolder();
            fileLock = FileLock.TryAcquire(paths.Lock);
            if (fileLock is null) return null;

            var content = JournalReader.Read(paths.Journal);
            // What is missing stays missing; whoever makes a new key has said that they go on without.
            if (renewal is null || content.Fault?.Code != Codes.JournalCutOff) content.EnsureIntact();
            stream = PrivateFile.OpenOrCreate(paths.Journal);
            // Also when an earlier process made the file and died before its name was on disk.
            if (content.ValidLength == 0) DurableFile.FlushDirectory(paths.Folder);
            var key = KeyFor(paths, content, newKey, isRenewed: renewal is not null);
            stream.SetLength(content.ValidLength);

            var session = new JournalSession(fileLock, stream, paths, content, key, time, renewal?.Fence ?? 0) { CutTornTail = content.TornBytes > 0 };
            session.Append(null, JournalKinds.LockTaken, new LockTaken(verb, holder, KeyId: key.Id, NewKeyReason: renewal?.Reason, GivenUp: renewal?.GivenUp is { Count: > 0 } lost ? lost : null), JournalJson.Default.LockTaken);
            if (content.TornBytes > 0)
                session.Append(null, JournalKinds.TailCut, new TailCut(content.TornBytes), JournalJson.Default.TailCut);
            (fileLock, stream) = (null, null);
            return session;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw DeploymentException.Refused(
                Codes.JournalNotWritable,
                $"Journal folder '{paths.Folder}' cannot be written: {Sentence.Of(e)} Nothing was changed. Let the deploying user write there, or name "
                + "another folder with the setting Deployment:Directory.",
                e);
        }
        finally
        {
            stream?.Dispose();
            fileLock?.Dispose();
        }
    }

    /// <summary>Appends a record and returns when it is on disk.</summary>
    /// <exception cref="DeploymentException">It could not be written; nothing may be done that depends on it.</exception>
    internal void Append<T>(string? run, string kind, T data, JsonTypeInfo<T> type)
    {
        lock (_gate)
        {
            EnsureHeld();
            var line = JournalLine.Write(Ledger.Count + 1, _time.GetUtcNow(), Fence, run, kind, data, type, Ledger.LastHash, _key);
            Boundary.Reached($"append {kind}: before");
            try
            {
                WriteLine(line);
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                _broken = true;
                CutBack();
                throw NotWritten(e);
            }

            _length += line.Length;
            Ledger.Apply(JournalLine.Read(line.AsMemory(0, line.Length - 1)).Record! with { IsAuthentic = true });
            Boundary.Reached($"append {kind}: after");
        }
    }

    /// <summary>Makes sure that no other holder has written since: then this process's effects would come too late.</summary>
    internal void EnsureHeld()
    {
        if (_broken) throw NotWritten(null);
        var file = new FileInfo(Paths.Journal);
        if (file.Exists && file.Length == _length) return;

        throw DeploymentException.NeedsAttention(
            Codes.FencedOut,
            $"Journal '{Paths.Journal}' was {(file.Exists ? "written by another process" : "removed")} while this one held it under number {Fence}. "
            + "Nothing more was done. Look at 'deploy status', then run 'deploy resume'.");
    }

    public void Dispose()
    {
        KeepHead();
        _stream.Dispose();
        _lock.Dispose();
    }

    // A key that is made is durable before the first record under it. One for a journal that has another is made on somebody's word alone.
    private static JournalKey KeyFor(JournalPaths paths, JournalContent content, Func<string> newKey, bool isRenewed)
    {
        var trust = content.Trust;
        if (!isRenewed && !trust.MayContinue(content.Records.Count)) throw trust.Foreign(paths);
        return !isRenewed && trust.Key is { } key ? key : JournalKey.Create(paths.Key, newKey(), content.Records.Count, content.LastHash);
    }

    private void KeepHead()
    {
        if (_broken) return;

        try
        {
            Head.Write(Paths.Head);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // An older head stays: it misses fewer records, and none that are there.
        }
    }

    private void WriteLine(byte[] line)
    {
        _stream.Position = _length;
        if (Boundary.Observer is not null)
        {
            // The crash tests also die between the two halves, which is what a torn append looks like.
            _stream.Write(line.AsSpan(0, line.Length / 2));
            Boundary.Reached("append: torn");
            _stream.Write(line.AsSpan(line.Length / 2));
        }
        else
        {
            _stream.Write(line);
        }

        _stream.Flush(flushToDisk: true);
    }

    private void CutBack()
    {
        try
        {
            _stream.SetLength(_length);
        }
        catch (IOException)
        {
            // The half line that is left has no end; the next holder cuts it.
        }
    }

    // With no run under way nothing has been begun, so nothing is left for a person to finish.
    private DeploymentException NotWritten(Exception? cause) => new(
        Ledger.OpenRun is null ? DeploymentOutcome.Failed : DeploymentOutcome.NeedsAttention,
        [
            new DeploymentMessage(
                Codes.JournalNotWritable,
                $"Journal '{Paths.Journal}' could not be written{(cause is null ? "." : ": " + Sentence.Of(cause))} Nothing was done without its record. "
                + $"Make room or mend the permissions, then run '{(Ledger.OpenRun is null ? "deploy up" : "deploy resume")}'."),
        ],
        cause);
}
