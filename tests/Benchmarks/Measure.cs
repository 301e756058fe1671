using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>Starts processes in turn, one of each kind, and compares the medians of what they took.</summary>
internal static class Measure
{
    private const double MostMilliseconds = 10;
    private const double MostMegabytes = 2;
    private const double MostRatio = 1.5;

    /// <summary>Said by a host that has just started: milliseconds since its process began, and the bytes that it holds.</summary>
    internal static void Say()
    {
        using var process = Process.GetCurrentProcess();
        var milliseconds = (TimeProvider.System.GetUtcNow() - process.StartTime.ToUniversalTime()).TotalMilliseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds} {process.WorkingSet64}"));
    }

    internal static int Run(int pairs)
    {
        var folder = Prepare();
        var (empty, deployment, query, up) = (new List<Sample>(), new List<Sample>(), new List<Sample>(), new List<Sample>());
        for (var i = -2; i < pairs; i++)
        {
            Sample[] round = [Start("empty"), Start("deployment"), Start("query", folder), Start("deploy", "up", "--environment", "Production", "--Folder", folder)];
            // The first rounds fill the disk's cache.
            if (i < 0) continue;
            empty.Add(round[0]);
            deployment.Add(round[1]);
            query.Add(round[2]);
            up.Add(round[3]);
        }

        Directory.Delete(folder, recursive: true);
        var addedMilliseconds = Median(deployment, static s => s.ToStart) - Median(empty, static s => s.ToStart);
        var addedMegabytes = (Median(deployment, static s => s.Bytes) - Median(empty, static s => s.Bytes)) / (1024 * 1024);
        var ratio = Median(up, static s => s.Whole) / Median(query, static s => s.Whole);
        var culture = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(culture, $"empty host started after          {Median(empty, static s => s.ToStart),8:F1} ms (median of {pairs})"));
        Console.WriteLine(string.Create(culture, $"with AddDeployment after          {Median(deployment, static s => s.ToStart),8:F1} ms: {addedMilliseconds:+0.0;-0.0} ms (at most {MostMilliseconds}), {addedMegabytes:+0.00;-0.00} MB (at most {MostMegabytes})"));
        Console.WriteLine(string.Create(culture, $"bare host and one query           {Median(query, static s => s.Whole),8:F1} ms"));
        Console.WriteLine(string.Create(culture, $"deploy up with nothing to do      {Median(up, static s => s.Whole),8:F1} ms: ratio {ratio:F2} (at most {MostRatio})"));
        return addedMilliseconds <= MostMilliseconds && addedMegabytes <= MostMegabytes && ratio <= MostRatio ? 0 : 1;
    }

    private static string Prepare()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-bench-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "Migrations"));
        for (var i = 1; i <= 10; i++)
        {
            File.WriteAllText(Path.Combine(folder, "Migrations", $"{i:D4}_table.sql"), $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX t{i}_name ON t{i} (name);\n");
            File.WriteAllText(Path.Combine(folder, "Migrations", $"{i:D4}_table.down.sql"), $"DROP TABLE t{i};\n");
        }

        Start("deploy", "up", "--environment", "Production", "--Folder", folder);
        return folder;
    }

    private static Sample Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "Benchmarks.dll"), .. arguments]) start.ArgumentList.Add(argument);
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var whole = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{errors.GetAwaiter().GetResult()}");
        if (arguments.Length > 1) return new Sample(whole, 0, 0);

        var parts = output.Trim().Split('\n')[^1].Split(' ');
        return parts.Length == 2 && double.TryParse(parts[0], CultureInfo.InvariantCulture, out var toStart) ? new Sample(whole, toStart, double.Parse(parts[1], CultureInfo.InvariantCulture)) : throw new InvalidOperationException(output);
    }

    private static double Median(List<Sample> samples, Func<Sample, double> of) => samples.Select(of).Order().ElementAt(samples.Count / 2);

    private sealed record Sample(double Whole, double ToStart, double Bytes);
}
