using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>What real processes write and how they end: when the app starts, and when a verb runs.</summary>
public sealed class StartTests : IDisposable
{
    private readonly StartProcess _app = new();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("check")]
    [InlineData("up --release 1.0.0")]
    [InlineData("plan --release 1.0.0")]
    [InlineData("status")]
    public async Task Standard_output_holds_the_result_alone_whatever_the_app_logs_and_writes(string verb)
    {
        var ran = await _app.RunAsync($"deploy {verb} --environment Development --output json");

        Assert.Equal(verb.Split(' ')[0], ran.Json.GetProperty("verb").GetString());
        Assert.Equal(0, ran.ExitCode);
        foreach (var other in (string[])["a banner of the app's own", "before the host is built", "before the verb begins"]) Assert.Contains(other, ran.Error, StringComparison.Ordinal);
        if (verb.StartsWith("up", StringComparison.Ordinal))
        {
            Assert.Contains("written in the middle of a step", ran.Error, StringComparison.Ordinal);
            Assert.Contains("logged in the middle of a step", ran.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("VerifyOnly", 2, "DTK7331")]
    [InlineData("Apply", 1, "DTK7303")]
    public async Task An_app_that_may_not_serve_on_its_schema_ends_with_a_message_and_an_exit_code(string guard, int exitCode, string code)
    {
        _app.Settings($"Data Source={Path.Combine(_app.Folder, "app.db")}", $"\"Guard\": \"{guard}\"");
        _app.Write("scripts/0002_wrong.sql", "INSERT INTO nowhere VALUES (1);\n");

        var ran = await _app.RunAsync("--environment Development");

        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains("The app was not started.\n\nerror " + code, ran.Error, StringComparison.Ordinal);
        Assert.All(System.Text.RegularExpressions.Regex.Matches(ran.Error, "'deploy [^'\n]+'"), static command => Assert.Contains("--environment Development", command.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("Unhandled exception", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the app runs", ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("> /dev/full", "No space left on device")]
    [InlineData(">&-", "Bad file descriptor")]
    [InlineData(">&- 2>&-", "")]
    public async Task Where_the_result_can_not_be_written_the_exit_code_tells_how_the_deployment_went(string redirection, string why)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It takes /dev/full.");
        _app.Write("redirected.sh", $"exec \"$@\" {redirection}\n");
        var wrapper = "sh " + Path.Combine(_app.Folder, "redirected.sh");

        var up = await _app.RunAsync("deploy up --environment Development --release 1.0.0", wrapper);
        var status = await _app.RunAsync("deploy status", wrapper);

        Assert.Equal(0, up.ExitCode);
        Assert.Equal(1, status.ExitCode);
        if (why.Length > 0)
        {
            Assert.Contains($"could not be written to standard output: {why}. What was done is done", up.Error, StringComparison.Ordinal);
            Assert.Contains($"could not be written to standard output: {why}. Make room there", status.Error, StringComparison.Ordinal);
        }

        Assert.Contains("1.0.0", (await _app.RunAsync("deploy status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_add_a_migration_at_the_same_moment_each_get_a_version_of_their_own()
    {
        // Above a stamp that lies ahead all of them would take the same next one, whichever second it is.
        _app.Write("scripts/20991231235959_last.sql", "SELECT 1;\n");

        var added = await Task.WhenAll(Enumerable.Range(1, 4).Select(number => _app.RunAsync($"deploy migrations add number{number}")));

        Assert.All(added, static ran => Assert.True(ran.ExitCode == 0, ran.Out + ran.Error));
        var files = Directory.EnumerateFiles(Path.Combine(_app.Folder, "scripts"), "*number?.sql").Select(static file => Path.GetFileName(file)).ToList();
        Assert.Equal(4, files.Count);
        Assert.Equal(
            ["21000101000000", "21000101000001", "21000101000002", "21000101000003"],
            files.Select(static file => file.Split('_')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(0, (await _app.RunAsync("deploy check --environment Development")).ExitCode);
    }

    [Fact]
    public async Task What_the_app_logs_while_a_verb_runs_is_masked_and_no_terminal_obeys_it()
    {
        _app.Settings($"Data Source={Path.Combine(_app.Folder, "app.db")}", """ "Elsewhere": { "Password": "cAn4ry-hunter2-XyZZy" } """);

        var ran = await _app.RunAsync("deploy up --release 1.0.0 --environment Development");

        Assert.True(ran.ExitCode == 0, ran.Out + ran.Error);
        Assert.Contains("the server said \\u001b]52;c;QUJD\\u0007\\u202e to ***", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("cAn4ry", ran.Error + ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_starts_keeps_standard_output_to_itself()
    {
        var ran = await _app.RunAsync("");

        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("the app runs", ran.Out, StringComparison.Ordinal);
        Assert.Contains("a banner of the app's own", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_and_a_check_say_the_same_in_one_report_without_a_stack_trace()
    {
        _app.Settings(null, """ "Mail": { "Hots": "x" }, "Plain": { "Count": 99 } """);
        var check = await _app.RunAsync("deploy check --environment Development --settings-only");
        var start = await _app.RunAsync("");

        Assert.Equal((2, 2), (check.ExitCode, start.ExitCode));
        foreach (var code in (string[])["DTK1001", "DTK7001", "DTK7002"]) Assert.Contains("error " + code, start.Error, StringComparison.Ordinal);
        Assert.Equal(Faults(check.Out), Faults(start.Error));
        Assert.Contains("3 faults found; the app was not started.", start.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", start.Error + start.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", start.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the app runs", start.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2-is-no-list", "it is no list of settings")]
    [InlineData("Data Source=app.db;hunter2=x", "setting 2 of it is none that the driver knows")]
    [InlineData("Data Source=app.db;Mode=hunter2", "setting 2 of it is none that the driver knows, or has a value that it does not take")]
    public async Task A_malformed_connection_string_is_told_without_its_text(string text, string what)
    {
        _app.Settings(text);
        foreach (var line in FullRun.EveryOf(["deploy check --environment Development", "deploy up --environment Development", "deploy migrations list", "deploy backup list", ""], usual: 4))
        {
            var ran = await _app.RunAsync(line);
            Assert.True(ran.ExitCode == 2, line + ran.Out + ran.Error);
            Assert.Contains("error DTK7026: Connection string 'App' is malformed: " + what, ran.Out + ran.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", ran.Out + ran.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("nobody expected", ran.Out + ran.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_with_what_to_do()
    {
        _app.Write("app.db", new string('x', 5000));
        await EachSays("cannot be read: the file is not a SQLite database, or it is encrypted with another key. Nothing was begun. Correct the connection string");
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(Path.Combine(_app.Folder, "app.db"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_where_the_database_belongs_is_named()
    {
        Directory.CreateDirectory(Path.Combine(_app.Folder, "app.db"));
        await EachSays("is a folder, not a file. Nothing was begun. Name a file in the connection string.");
    }

    [Fact]
    public async Task A_locked_database_is_named_with_what_to_do()
    {
        _app.Settings($"Data Source={Path.Combine(_app.Folder, "app.db")};Default Timeout=1");
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_app.Folder, "app.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE t (id INTEGER); BEGIN EXCLUSIVE; INSERT INTO t VALUES (1);";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await EachSays("is locked by another process. Nothing was begun. Wait for that to end");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_named()
    {
        _app.Settings($"Data Source={Path.Combine(_app.Folder, "nowhere", "app.db")}");
        await EachSays("does not exist. Create the folder, or correct the connection string.", "nowhere/app.db");
    }

    [Fact]
    public async Task What_another_user_may_not_write_is_refused_by_check_as_by_up()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "needs root and setpriv, to be somebody else");
        // Nobody reads the content root and the binary, and writes nothing.
        const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_app.Folder, all);
        var probe = await _app.RunAsync("deploy status", Nobody);
        Assert.SkipUnless(probe.ExitCode == 0, "another user cannot start the binary where it lies: " + probe.Error);

        foreach (var verb in (string[])["check", "plan", "up"])
        {
            var ran = await _app.RunAsync($"deploy {verb} --environment Development", Nobody);
            Assert.True(ran.ExitCode == 2, ran.Out + ran.Error);
            Assert.Contains("error DTK7103: Journal folder", ran.Out, StringComparison.Ordinal);
            Assert.Contains("error DTK7401: Database", ran.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("nobody expected", ran.Out, StringComparison.Ordinal);
        }
    }

    private const string Nobody = "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups";

    private async Task EachSays(string text, string file = "app.db")
    {
        foreach (var verb in FullRun.EveryOf(["up", "check", "plan", "rollback", "migrations list"], usual: 4))
        {
            var ran = await _app.RunAsync($"deploy {verb} --environment Development");
            Assert.True(ran.ExitCode == 2 || verb == "rollback", $"deploy {verb}: {ran.ExitCode}\n{ran.Out}{ran.Error}");
            // A rollback in an environment without a release has nothing to look at.
            if (verb != "rollback")
            {
                Assert.Contains("error DTK7401: Database '" + Path.Combine(_app.Folder, file), ran.Out, StringComparison.Ordinal);
                Assert.Contains(text, ran.Out, StringComparison.Ordinal);
            }

            Assert.DoesNotContain("nobody expected", ran.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("SQLite Error", ran.Out, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Path.Combine(_app.Folder, ".deployment")));
    }

    private static string Faults(string report) => string.Join('\n', report.ReplaceLineEndings("\n").Split("\n\n").Where(static part => part.StartsWith("error ", StringComparison.Ordinal)).Select(static part => part.Trim()).Order(StringComparer.Ordinal));
}
