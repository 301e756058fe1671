using System.Diagnostics;

namespace ContentApi.Tests;

/// <summary>Real processes and signals: a command under <c>deploy secrets run</c> is ended as if it ran by itself.</summary>
public sealed class SecretsRunTests : IDisposable
{
    private readonly ContentApiProcess _app = new();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_reaches_the_command_and_its_answer_is_the_exit_code(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        var ready = Path.Combine(_app.Folder, "ready");
        using var process = _app.Start(
            ["deploy", "secrets", "run", "--environment", "Development", "--secret", "GIVEN=given-key", "--", "/bin/sh", "-c", $"trap 'echo got $GIVEN; exit 42' {signal}; echo x > {ready}; while :; do sleep 0.1; done"],
            ("DEPLOYMENT_SECRET_GIVEN_KEY", "from-outside"));
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!File.Exists(ready) && !process.HasExited) await Task.Delay(20, deadline.Token);
        using (var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 42, await errors);
        Assert.Equal("got from-outside", (await output).Trim());
    }
}
