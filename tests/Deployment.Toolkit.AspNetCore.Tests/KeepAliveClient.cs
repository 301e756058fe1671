using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>
/// A client that keeps its connection and tries nothing twice, as many do for what is no GET. Told to close, it goes to another server.
/// </summary>
internal sealed class KeepAliveClient(int first, int other)
{
    internal int Answered { get; private set; }

    internal int Failed { get; private set; }

    internal async Task RunAsync(TimeSpan pause, CancellationToken end)
    {
        var port = first;
        while (!end.IsCancellationRequested)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
                while (!end.IsCancellationRequested && await AskAsync(socket))
                    await Task.Delay(pause, CancellationToken.None);
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException)
            {
                Failed++;
            }

            port = other;
        }
    }

    private async Task<bool> AskAsync(Socket socket)
    {
        await socket.SendAsync("POST /work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsWhole(answer.ToString()))
        {
            var read = await socket.ReceiveAsync(buffer);
            if (read == 0)
                throw new EndOfStreamException();
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        Answered++;
        return !answer.ToString().Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        var length = answer.Split("\r\n").First(static line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return answer.Length >= end + 4 + int.Parse(length.AsSpan("Content-Length: ".Length), CultureInfo.InvariantCulture);
    }
}
