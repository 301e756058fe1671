using System.Diagnostics;
using System.Runtime.Versioning;
using Deployment.Toolkit.Platform;
using static Deployment.Toolkit.Tests.Platform.RunningCommand;

namespace Deployment.Toolkit.Tests.Platform;

public sealed class CommandRunnerTests
{
    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -KILL $$", 137)]
    public async Task The_exit_code_is_the_command_s_and_128_plus_n_for_a_signal(string script, int expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        Assert.Equal(expected, (await RunAsync(Shell(script))).ExitCode);
    }

    [Fact]
    public async Task The_command_gets_exactly_the_environment_it_is_given()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        var launch = new CommandLaunch("/usr/bin/env", [])
        {
            Environment = new Dictionary<string, string> { ["A"] = "1", ["B"] = "two words=\"x\"", ["EMPTY"] = "" },
        };
        var (_, lines) = await RunAsync(launch);
        Assert.Equal(["A=1", "B=two words=\"x\"", "EMPTY="], lines.Order(StringComparer.Ordinal));
        Assert.Empty((await RunAsync(new CommandLaunch("/usr/bin/env", []))).Lines);
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        string[] arguments = ["two words", "", "\"quoted\" 'twice'", "$HOME `id` *", "back\\slash", "Grüße 🚀", "-n"];
        Assert.Equal(arguments, (await RunAsync(Shell("for a; do printf '%s\\n' \"$a\"; done", arguments))).Lines);
    }

    [Fact]
    public async Task A_stream_s_lines_come_in_order_and_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        var (_, lines) = await RunAsync(Shell("i=0; while [ $i -lt 3000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done; printf last"));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"out {i}").Append("last"), lines.Where(line => !line.StartsWith("err", StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"err {i}"), lines.Where(line => line.StartsWith("err", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reader_slower_than_the_command_loses_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var slow = new ManualResetEventSlim();
        var lines = new List<string>();
        await CommandRunner.RunAsync(
            Shell("i=0; while [ $i -lt 1000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done"),
            line =>
            {
                // Longer than the pipes are waited for once the command has exited.
                if (lines.Count == 0)
                    slow.Wait(TimeSpan.FromSeconds(1.5));
                lines.Add(line);
            },
            static _ => Task.CompletedTask,
            TimeSpan.FromSeconds(10),
            TimeProvider.System,
            CancellationToken.None);
        Assert.Equal(1000, lines.Count);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_working_directory_is_where_a_relative_program_is_found_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var folder = new TemporaryFolder();
        var script = folder["run me.sh"];
        await File.WriteAllTextAsync(script, "#!/bin/sh\npwd -P\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var launch = new CommandLaunch("./run me.sh", []) { WorkingDirectory = folder.Path };
        Assert.Equal((await RunAsync(Shell("cd \"$1\" && pwd -P", folder.Path))).Lines, (await RunAsync(launch)).Lines);
    }

    [Fact]
    public async Task Where_the_c_library_cannot_change_the_folder_env_does_and_adds_no_variable()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "GNU env.");
        using var folder = new TemporaryFolder();
        var inner = new CommandLaunch("sh", ["-c", "/usr/bin/env; /bin/pwd -P", "with blanks"]);
        var launch = new CommandLaunch("/usr/bin/env", UnixSpawn.ThroughEnv("/usr/bin/env", inner with { Arguments = [] }, folder.Path)[1..]);
        Assert.Empty((await RunAsync(launch)).Lines);
        launch = launch with { Arguments = UnixSpawn.ThroughEnv("/bin/pwd", inner with { Arguments = ["-P"] }, folder.Path)[1..] };
        Assert.Equal([folder.Path], (await RunAsync(launch)).Lines);
    }

    [Fact]
    public async Task The_command_starts_with_default_signals_and_an_empty_input()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc");
        var (_, masks) = await RunAsync(new CommandLaunch("grep", ["-E", "^Sig(Blk|Ign)", "/proc/self/status"]));
        Assert.Equal(2, masks.Length);
        // glibc leaves its own signals, 32 and 33, ignored in whatever posix_spawn starts.
        Assert.All(masks, mask => Assert.Equal(0UL, Convert.ToUInt64(mask.Split('\t')[1], 16) & 0x7FFFFFFF));
        Assert.Equal(["y"], (await RunAsync(Shell("yes | head -n 1; cat"))).Lines);
    }

    [Fact]
    public async Task No_pipe_of_another_command_leaks_into_a_command()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc");
        using var first = new RunningCommand(Shell("echo ready; sleep 300"));
        await first.SaysAsync("ready");
        // What the test runner was itself started with goes to every child, whoever starts it.
        using var other = Process.Start(new ProcessStartInfo("/bin/ls", ["-l", "/proc/self/fd"]) { RedirectStandardOutput = true })!;
        var inherited = Pipes((await other.StandardOutput.ReadToEndAsync()).Split('\n'));
        Assert.Empty(Pipes((await RunAsync(new CommandLaunch("/bin/ls", ["-l", "/proc/self/fd"]))).Lines).Except(inherited));
        await first.CancelAsync();

        static IEnumerable<string> Pipes(IEnumerable<string> files) =>
            from file in files
            where file.Contains("pipe:", StringComparison.Ordinal) && !file.Contains(" 1 -> ", StringComparison.Ordinal) && !file.Contains(" 2 -> ", StringComparison.Ordinal)
            select file.Split(" -> ")[1];
    }

    [Fact]
    public async Task A_missing_program_is_named_with_where_it_was_looked_for()
    {
        var missing = await Assert.ThrowsAsync<CommandNotStartedException>(() => RunAsync(new CommandLaunch("dtk-no-such-program", [])));
        Assert.Contains("'dtk-no-such-program' was not found on PATH (", missing.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.GetEnvironmentVariable("PATH")!, missing.Message, StringComparison.Ordinal);

        using var folder = new TemporaryFolder();
        missing = await Assert.ThrowsAsync<CommandNotStartedException>(() => RunAsync(new CommandLaunch("./none", []) { WorkingDirectory = folder.Path }));
        Assert.Equal($"The command './none' was not found: there is no file '{Path.Combine(folder.Path, "./none")}'. Correct the path.", missing.Message);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task What_is_no_program_is_refused_with_the_reason()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var folder = new TemporaryFolder();
        var file = folder["job"];
        await File.WriteAllTextAsync(file, "echo no first line\n");
        Assert.Contains("chmod +x", await RefusalAsync(file), StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Contains("#!/bin/sh", await RefusalAsync(file), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "#!/no/such/interpreter\n");
        Assert.Contains("interpreter", await RefusalAsync(file), StringComparison.Ordinal);
        Assert.Contains("a NUL character", await RefusalAsync("/bin/sh", "secret\0"), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", await RefusalAsync("/bin/sh", "secret\0"), StringComparison.Ordinal);

        static async Task<string> RefusalAsync(string program, params string[] arguments) =>
            (await Assert.ThrowsAsync<CommandNotStartedException>(() => RunAsync(new CommandLaunch(program, arguments)))).Message;
    }

    [Fact]
    public async Task A_missing_working_directory_is_named()
    {
        using var folder = new TemporaryFolder();
        var refusal = await Assert.ThrowsAsync<CommandNotStartedException>(
            () => RunAsync(new CommandLaunch("/bin/sh", []) { WorkingDirectory = folder["gone"] }));
        Assert.Contains(folder["gone"], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_and_dotnet_s_own_processes_keep_their_exit_codes_apart_and_leave_no_zombie()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc");
        var groups = new List<int>();
        var ours = Enumerable.Range(0, 40).Select(async i =>
        {
            using var command = new RunningCommand(Shell($"exit {i}"));
            lock (groups)
                groups.Add(command.Identity.WaitAsync(Until.Deadline).Result.GroupId);
            return await command.ExitCode.WaitAsync(Until.Deadline);
        });
        var theirs = Enumerable.Range(0, 40).Select(async i =>
        {
            using var process = Process.Start("/bin/sh", ["-c", $"exit {i + 100}"]);
            await process.WaitForExitAsync().WaitAsync(Until.Deadline);
            return process.ExitCode;
        });
        var both = await Task.WhenAll(ours.Zip(theirs, async (our, their) => (Our: await our, Their: await their)));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (i, i + 100)), both);
        Assert.Equal(40, groups.Count);
        Assert.DoesNotContain(LinuxProcess.All(), process => groups.Contains(process.Id));
    }
}
