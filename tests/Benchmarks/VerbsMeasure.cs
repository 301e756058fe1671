using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>
/// What looking costs: processor time, user and system together, of whole processes of <c>samples/ContentApi</c> that run a verb, against the same app without
/// its deployment, which starts and stops (<c>tests/EmptyContentApi</c>). All in turn by lot, so that what else the machine does falls on each alike. Both as they
/// are built, where most of it is compiling while they run, and published compiled.
/// </summary>
internal static class VerbsMeasure
{
    private const double MostRatio = 1.3;
    private const int WarmUps = 2;

    private static readonly string[][] Verbs = [["--help"], ["status"], ["history"], ["config", "show"]];

    internal static int Run(int rounds)
    {
        var root = Directory.CreateTempSubdirectory("dtk-bench-").FullName;
        try
        {
            Console.WriteLine("as built:");
            var built = Compare(Copy("samples", "ContentApi", root), Copy("tests", "EmptyContentApi", root), rounds);
            // Of a clone: a restore for one kind of machine would be written into the lock files.
            Call("git", "clone", "-q", "--no-hardlinks", Repository.Root, Path.Combine(root, "clone"));
            Console.WriteLine("published with PublishReadyToRun:");
            return Math.Max(built, Compare(Publish("samples", "ContentApi", root), Publish("tests", "EmptyContentApi", root), rounds));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static int Compare(string app, string empty, int rounds)
    {
        _ = Seconds(app, ["deploy", "up", "--environment", "Development"]);
        List<(string Name, string Program, string[] Arguments)> kinds = [("start and stop", empty, ["--urls", "http://127.0.0.1:0"])];
        kinds.AddRange(Verbs.Select(verb => ("deploy " + string.Join(' ', verb), app, (string[])["deploy", .. verb])));

        var order = new Random(4711);
        var times = kinds.ToDictionary(static kind => kind.Name, static _ => new List<double>());
        for (var round = -WarmUps; round < rounds; round++)
        {
            var mixed = kinds.ToArray();
            order.Shuffle(mixed);
            foreach (var (name, program, arguments) in mixed)
            {
                if (Seconds(program, arguments) is var seconds && round >= 0) times[name].Add(seconds);
            }
        }

        return kinds.Skip(1).Aggregate(Say(kinds[0].Name, times), (worst, kind) => Math.Max(worst, Say(kind.Name, times)));
    }

    private static int Say(string name, Dictionary<string, List<double>> times)
    {
        var (own, empty) = (times[name], times.Values.First());
        var text = string.Create(CultureInfo.InvariantCulture, $"{name,-20} {1000 * Quantile(own, 0.5),6:F0} ms of processor time (median of {own.Count}, half between {1000 * Quantile(own, 0.25):F0} and {1000 * Quantile(own, 0.75):F0})");
        if (own == empty)
        {
            Console.WriteLine(text);
            return 0;
        }

        var (ratio, pairs) = (Quantile(own, 0.5) / Quantile(empty, 0.5), own.Zip(empty, static (a, b) => a / b).ToList());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{text}: ratio {ratio:F2} (at most {MostRatio}), half of the rounds between {Quantile(pairs, 0.25):F2} and {Quantile(pairs, 0.75):F2}"));
        return ratio <= MostRatio ? 0 : 1;
    }

    // What is built stays as it was built: a deployment writes beside it.
    private static string Copy(string under, string project, string root)
    {
        var (built, folder) = (Path.Combine(Repository.Root, under, project, "bin", Repository.Configuration, "net10.0"), Path.Combine(root, project));
        foreach (var file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return Path.Combine(folder, project + ".dll");
    }

    private static string Publish(string under, string project, string root)
    {
        var folder = Path.Combine(root, "published", project);
        Call(
            "dotnet", "publish", Path.Combine(root, "clone", under, project), "-c", "Release", "--use-current-runtime", "--self-contained", "false", "-p:PublishReadyToRun=true",
            "-p:RunAnalyzers=false", "-v", "q", "-o", folder);
        return Path.Combine(folder, project + ".dll");
    }

    private static void Call(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{string.Join('\n', said.Result)}");
    }

    private static double Seconds(string program, string[] arguments) => ProcessTimes.Of(
        new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(program)!,
            Environment = { ["DOTNET_ENVIRONMENT"] = "Development", ["ASPNETCORE_ENVIRONMENT"] = "Development" },
        }).Processor;

    private static double Quantile(List<double> values, double quantile) => values.Order().ElementAt((int)(quantile * (values.Count - 1)));
}
