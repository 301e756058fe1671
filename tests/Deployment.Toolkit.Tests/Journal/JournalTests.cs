using System.Text;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Journal;

public sealed class JournalTests
{
    [Fact]
    public async Task A_half_written_last_line_is_cut_off_and_that_is_recorded()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        await File.AppendAllTextAsync(app.JournalFile(), "{\"seq\":99,\"time\":\"20");
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        var content = ReadJournal.Of(app.JournalFile());
        Assert.Null(content.Fault);
        Assert.Contains(content.Records, static record => record.Kind == JournalKinds.TailCut && record.Data.GetProperty("bytes").GetInt64() == 20);
    }

    [Fact]
    public async Task A_last_line_whose_pages_never_reached_the_disk_is_cut_off()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        // From the append's beginning to the end of a block, and the rest is there.
        var hole = 512 - (int)(new FileInfo(app.JournalFile()).Length % 512);
        await File.AppendAllTextAsync(app.JournalFile(), new string('\0', hole) + "\"}\n");

        var content = ReadJournal.Of(app.JournalFile());
        Assert.Null(content.Fault);
        Assert.Equal(hole + 3, content.TornBytes);
    }

    [Fact]
    public async Task A_zero_byte_in_the_last_record_that_was_durable_is_damage_and_is_not_cut_off()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var bytes = await File.ReadAllBytesAsync(app.JournalFile());
        var start = bytes.AsSpan(0, bytes.Length - 1).LastIndexOf((byte)'\n') + 1;
        foreach (var position in (int[])[start + 1, start + ((bytes.Length - start) / 2), bytes.Length - 2])
        {
            var kept = bytes[position];
            bytes[position] = 0;
            await File.WriteAllBytesAsync(app.JournalFile(), bytes);
            bytes[position] = kept;

            var content = ReadJournal.Of(app.JournalFile());
            Assert.True(content.Fault is { Code: "DTK7101" or "DTK7102" }, $"byte {position}");
            Assert.Equal(DeploymentOutcome.Refused, (await app.UpAsync("2.0.0")).Outcome);
            Assert.Equal(bytes.Length, new FileInfo(app.JournalFile()).Length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(-1)]
    public async Task An_edited_record_is_refused_by_its_number_and_nothing_is_changed(int record)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var lines = await File.ReadAllLinesAsync(app.JournalFile());
        var index = record > 0 ? record - 1 : lines.Length - 1;
        lines[index] = lines[index].Replace("\"fence\":1", "\"fence\":2", StringComparison.Ordinal);
        await WriteAsync(app, lines);

        var result = await app.UpAsync("2.0.0");

        var message = Assert.Single(result.Messages);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7101", index + 1), (result.Outcome, message.Code, message.Line));
        Assert.Contains($"Record {index + 1} of journal", message.Text, StringComparison.Ordinal);
        Assert.Equal(lines, await File.ReadAllLinesAsync(app.JournalFile()));
    }

    [Fact]
    public async Task A_missing_and_a_doubled_record_are_found()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var lines = await File.ReadAllLinesAsync(app.JournalFile());

        await WriteAsync(app, [.. lines.Take(4), .. lines.Skip(5)]);
        Assert.Equal(5, ReadJournal.Of(app.JournalFile()).Fault?.Line);
        await WriteAsync(app, [.. lines.Take(4), lines[3], .. lines.Skip(4)]);
        Assert.Equal(5, ReadJournal.Of(app.JournalFile()).Fault?.Line);
    }

    [Fact]
    public async Task A_line_that_is_no_record_is_found_in_the_middle()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var lines = await File.ReadAllLinesAsync(app.JournalFile());
        lines[3] = "garbage";
        await WriteAsync(app, lines);

        var fault = ReadJournal.Of(app.JournalFile()).Fault;
        Assert.Equal(("DTK7102", 4), (fault?.Code, fault?.Line));
    }

    [Fact]
    public async Task No_flipped_bit_goes_unnoticed()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var bytes = await File.ReadAllBytesAsync(app.JournalFile());
        var records = ReadJournal.Of(app.JournalFile()).Records.Count;
        var file = app.JournalFile();
        for (var position = 0; position < bytes.Length; position += 7)
        {
            bytes[position] ^= 0x10;
            await File.WriteAllBytesAsync(file, bytes);
            bytes[position] ^= 0x10;
            var content = ReadJournal.Of(file);
            // The very last byte is the line's end: without it the line counts as never finished.
            Assert.True(content.Fault is not null || (position == bytes.Length - 1 && content.Records.Count == records - 1), $"byte {position}");
        }
    }

    [Fact]
    public async Task A_holder_whose_journal_was_written_by_another_does_nothing_more()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-fence-").FullName;
        var paths = new JournalPaths(folder, "Production");
        await using (var session = (await ReadJournal.OpenAsync(paths, new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch)))!)
        {
            await File.AppendAllTextAsync(paths.Journal, "x", CancellationToken.None);

            var exception = await Assert.ThrowsAsync<DeploymentException>(async () => await session.EnsureHeldAsync(CancellationToken.None));

            Assert.Equal("DTK7105", exception.Messages[0].Code);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_number_under_which_the_lock_is_held_rises_with_every_holder()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-fence-").FullName;
        var paths = new JournalPaths(folder, "Production");
        var holder = new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch);
        for (var fence = 1; fence < 4; fence++)
        {
            await using var session = (await ReadJournal.OpenAsync(paths, holder))!;
            Assert.Equal(fence, session.Fence);
            Assert.Null(await ReadJournal.OpenAsync(paths, holder));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_said_before_anything_begins()
    {
        using var app = TestApp.WithMigrations();
        await File.WriteAllTextAsync(Path.Combine(app.Folder, ".deployment"), "a file where the folder belongs");

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7103"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.False(File.Exists(app.Database));
    }

    [Fact]
    public async Task A_locked_environment_is_refused_with_its_holder_when_the_wait_is_over()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        using var taken = FileLock.TryAcquire(Path.Combine(app.Folder, ".deployment", "development", "lock"));

        var result = await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request with { LockTimeout = TimeSpan.Zero }, token), "2.0.0");

        var message = Assert.Single(result.Messages);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7104"), (result.Outcome, message.Code));
        Assert.Contains($"process {Environment.ProcessId}", message.Text, StringComparison.Ordinal);
    }

    private static Task WriteAsync(TestApp app, IEnumerable<string> lines) =>
        File.WriteAllBytesAsync(app.JournalFile(), Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n"))));
}
