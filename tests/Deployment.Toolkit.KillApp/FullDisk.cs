using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.KillApp;

/// <summary>Runs one verb again and again on a small disk, which becomes full at another moment each time, and stays so until the verb has ended.</summary>
/// <param name="disk">The disk, which holds nothing else.</param>
/// <param name="left">Where what each run left is kept, under the number of its moment, and what it said beside it.</param>
internal sealed class FullDisk(string disk, string left)
{
    internal const string Verb = "fill";

    private const int Page = 4096;

    private readonly string _app = Path.Combine(disk, "app");
    private readonly string _ballast = Path.Combine(disk, "ballast");

    /// <param name="start">The folder that each run begins with.</param>
    /// <param name="verb">What is run.</param>
    /// <param name="request">And how.</param>
    /// <param name="ofNames">Whether no new file can be made; otherwise no file can grow.</param>
    /// <param name="step">At which moments: at every one of so many.</param>
    internal async Task RunAsync(string start, string verb, VerbRequest request, bool ofNames, int step)
    {
        Directory.CreateDirectory(_ballast);
        var moments = Moments.Watch();
        await OnceAsync(start, "whole", verb, request);
        var names = moments.Names;
        await File.WriteAllLinesAsync(Path.Combine(left, "moments"), names);
        for (var at = 1; at <= names.Count; at += step)
        {
            var (when, spare) = (at, at % 3);
            Moments.Watch(passed: moment =>
            {
                if (moment == when) Fill(ofNames, spare);
            });
            await OnceAsync(start, at.ToString(CultureInfo.InvariantCulture), verb, request);
        }
    }

    private async Task OnceAsync(string start, string name, string verb, VerbRequest request)
    {
        Copy(start, _app);
        var result = await App.RunAsync(_app, verb, request);
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.GetFiles(_ballast)) File.Delete(file);
        Copy(_app, Path.Combine(left, name));
        await File.WriteAllLinesAsync(Path.Combine(left, name + ".said"), [result.Outcome.ToString(), .. result.Messages.Select(static message => message.ToString())]);
        Directory.Delete(_app, recursive: true);
    }

    private void Fill(bool ofNames, int spare)
    {
        try
        {
            if (ofNames)
            {
                for (var number = 0; ; number++) File.Create(Path.Combine(_ballast, $"{number}")).Dispose();
            }
        }
        catch (IOException)
        {
            return;
        }

        using var ballast = new FileStream(Path.Combine(_ballast, "room"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[Page]);
        }
        catch (IOException)
        {
            // Some room left: what is refused then comes later, and is something else.
            ballast.SetLength(ballast.Length / Page * Page - (spare * Page));
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        using var copying = Process.Start("cp", ["-a", from + "/.", to]);
        copying.WaitForExit();
        if (copying.ExitCode != 0) throw new IOException($"'{from}' could not be copied to '{to}'");
    }
}
