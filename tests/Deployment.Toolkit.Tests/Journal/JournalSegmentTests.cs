using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Testing;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>A journal in several files is one chain, whatever happens to one of them and whenever its writer dies.</summary>
public sealed class JournalSegmentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-segments-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static JournalPaths PathsIn(string folder) => new(folder, "Production");

    private static JournalFile In(string folder) => new(PathsIn(folder), segmentBytes: 4096);

    private string[] Files => [.. JournalFiles.Of(PathsIn(_folder).Journal).Segments.Select(static segment => segment.Path)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_file_goes_on_with_the_hash_of_the_one_before_and_is_never_written_again()
    {
        await SessionsAsync(_folder, 3);
        var before = Files.SkipLast(1).ToDictionary(static file => file, File.ReadAllText);
        await SessionsAsync(_folder, 5);

        Assert.InRange(Files.Length, 3, 20);
        Assert.Equal("journal.jsonl", Path.GetFileName(Files[0]));
        Assert.All(before, static file => Assert.Equal(file.Value, File.ReadAllText(file.Key)));
        var last = JournalLine.NoHash;
        var length = 0L;
        foreach (var file in Files)
        {
            if (length > 0) Assert.EndsWith($".{length:D13}.jsonl", file, StringComparison.Ordinal);
            var lines = File.ReadAllLines(file);
            Assert.Equal(last, JournalLine.Read(Encoding.UTF8.GetBytes(lines[0])).Record!.PreviousHash);
            last = JournalLine.Read(Encoding.UTF8.GetBytes(lines[^1])).Record!.Hash;
            length += new FileInfo(file).Length;
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("first removed")]
    [InlineData("exchanged")]
    [InlineData("torn")]
    [InlineData("cut after a line")]
    [InlineData("edited")]
    [InlineData("emptied")]
    public async Task One_that_is_not_as_it_was_is_found(string what)
    {
        await SessionsAsync(_folder, 8);
        var file = Files[1];
        var bytes = await File.ReadAllBytesAsync(file, Token);
        switch (what)
        {
            case "removed": File.Delete(file); break;
            case "first removed": File.Delete(Files[0]); break;
            case "exchanged": File.Copy(Files[2], file, overwrite: true); break;
            case "torn": await File.WriteAllBytesAsync(file, bytes[..^20], Token); break;
            case "cut after a line": await File.WriteAllBytesAsync(file, bytes[..(bytes.AsSpan(..^1).LastIndexOf((byte)'\n') + 1)], Token); break;
            case "edited": bytes[100] ^= 1; await File.WriteAllBytesAsync(file, bytes, Token); break;
            case "emptied": await File.WriteAllBytesAsync(file, [], Token); break;
        }

        var fault = (await JournalReader.ReadAsync(In(_folder), Token)).Fault;

        Assert.NotNull(fault);
        Assert.StartsWith("DTK71", fault.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_holder_that_lost_the_lock_does_not_write_behind_one_that_began_the_next_file()
    {
        await SessionsAsync(_folder, 1);
        await using var first = await In(_folder).TryOpenAsync(Token);
        var length = JournalFiles.Of(PathsIn(_folder).Journal).End;
        await first!.BeginAsync(length, Token);
        Assert.Null(await first.LostAsync(Token));
        // Another took the lock, whose file somebody had removed.
        File.Delete(PathsIn(_folder).Lock);
        await using var second = await In(_folder).TryOpenAsync(Token);
        await second!.BeginAsync(length, Token);
        await second.AppendAsync("{}\n"u8.ToArray());

        Assert.NotNull(await first.LostAsync(Token));
    }

    [Fact]
    public async Task Whenever_its_writer_dies_the_journal_reads_and_goes_on()
    {
        await SessionsAsync(_folder, 2);
        var copies = new List<(string Moment, string Folder)>();
        BoundaryListener.Current = moment =>
        {
            var copy = Directory.CreateTempSubdirectory("dtk-segments-copy-").FullName;
            Copy(_folder, copy);
            copies.Add((moment, copy));
        };
        await SessionsAsync(_folder, 3);
        BoundaryListener.Current = null;

        Assert.Contains(copies, static copy => copy.Moment == "journal: file made");
        foreach (var (moment, folder) in copies)
        {
            var content = await JournalReader.ReadAsync(In(folder), Token);
            Assert.True(content.Fault is null, $"{moment}: {content.Fault}");
            await SessionsAsync(folder, 1);
            var after = await JournalReader.ReadAsync(In(folder), Token);
            Assert.True(after.Fault is null && after.TornBytes == 0 && after.Count > content.Count, $"{moment}: {after.Fault}");
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SessionsAsync(string folder, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await using var session = (await JournalSession.TryOpenAsync(In(folder), "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token))!;
            for (var j = 0; j < 14; j++) await session.AppendAsync(null, JournalKinds.TailCut, new TailCut(j), JournalJson.Default.TailCut);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            // Locks are held while this copies.
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            if (Path.GetFileName(file).EndsWith("lock", StringComparison.Ordinal)) File.WriteAllText(copy, "");
            else File.Copy(file, copy);
        }

        if (OperatingSystem.IsWindows()) return;
        foreach (var entry in Directory.EnumerateDirectories(to, "*", SearchOption.AllDirectories)) File.SetUnixFileMode(entry, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
