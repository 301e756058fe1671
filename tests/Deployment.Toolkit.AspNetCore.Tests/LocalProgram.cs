using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Deployment.Toolkit.Tests.Platform;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>
/// An installed server that runs for a test: on a port of its own that only this machine reaches, with a folder of its own. It ends with the tests,
/// also when they are killed. Where it isn't installed the test is skipped; in CI it fails.
/// </summary>
internal sealed class LocalProgram : IAsyncDisposable
{
    // Reads until the pipe to the tests ends.
    private const string Keeper = "\"$@\" >/dev/null 2>&1 & pid=$!; read -r _; kill $pid; wait $pid";

    private readonly Process _keeper;

    private LocalProgram(string folder, int port, Process keeper) => (Folder, Port, _keeper) = (folder, port, keeper);

    internal string Folder { get; }

    internal int Port { get; }

    /// <param name="program">What is looked for on <c>PATH</c>.</param>
    /// <param name="arguments">Made of its folder and its port.</param>
    internal static async Task<LocalProgram> StartAsync(string program, Func<string, int, string[]> arguments)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
        if (!isThere && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"{program} is not installed.");
        Assert.SkipUnless(isThere && !OperatingSystem.IsWindows(), $"{program} is not on PATH.");

        var folder = Directory.CreateTempSubdirectory($"dtk-{program}-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, WorkingDirectory = folder };
        foreach (var argument in (string[])["-c", Keeper, program, program, .. arguments(folder, port)]) start.ArgumentList.Add(argument);
        var server = new LocalProgram(folder, port, Process.Start(start)!);
        await Until.TrueAsync(() => Answers(port), $"{program} listens");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
