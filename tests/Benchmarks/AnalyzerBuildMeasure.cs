using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>
/// What the analyzers add to a build, in processor time of the compiler (user and system): the same project is built with and without them and
/// without them a second time, in turn, by one compiler's server, after an edit of one file each. The second build without them says how far
/// two builds of the same are apart; where that is more than the limit, the series proves nothing either way.
/// </summary>
internal static class AnalyzerBuildMeasure
{
    private const double MostRatio = 1.05;
    private const int WarmUps = 4;

    internal static int Run(int pairs, int files)
    {
        var root = Directory.CreateTempSubdirectory("dtk-bench-").FullName;
        var server = "dtk-bench-" + Guid.NewGuid().ToString("N");
        try
        {
            string[] kinds = ["without", "again", "with"];
            foreach (var kind in kinds)
            {
                Write(Path.Combine(root, kind), kind == "with", files);
                Dotnet(Path.Combine(root, kind), "restore");
            }

            var order = new Random(4711);
            var times = kinds.ToDictionary(static kind => kind, static _ => new List<double>());
            for (var round = -WarmUps; round < pairs; round++)
            {
                // By lot: taking turns, the server's full garbage collections, one in so many builds, may fall on the same one each time.
                foreach (var kind in kinds.OrderBy(_ => order.Next()).ToList())
                {
                    var folder = Path.Combine(root, kind);
                    File.AppendAllText(Path.Combine(folder, "Program.cs"), string.Create(CultureInfo.InvariantCulture, $"// {round}\n"));
                    var began = ProcessorTime(server);
                    Dotnet(folder, "build", "--no-restore", "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=true", "-p:SharedCompilationId=" + server);
                    if (round >= 0) times[kind].Add(ProcessorTime(server) - began);
                }
            }

            var (low, high) = Interval(Ratios(times, "again"), order);
            var noise = Math.Max(Math.Abs(low - 1), Math.Abs(high - 1));
            var ratio = Quantile(Ratios(times, "with"), 0.5);
            var (least, most) = Interval(Ratios(times, "with"), order);
            Say($"the compiler without the analyzers  {Quantile(times["without"], 0.5),8:F0} ms of processor time (median of {pairs}, {files} source files, {AnalyzedProject.SettingsFiles} settings files)");
            Say($"with them                           {Quantile(times["with"], 0.5),8:F0} ms");
            Say($"with them / without                 {ratio,8:F3} (median of the pairs, at most {MostRatio:F2}; 95 of 100 series drawn anew from these pairs: {least:F3} to {most:F3})");
            Say($"without them again / without        {Quantile(Ratios(times, "again"), 0.5),8:F3} ({low:F3} to {high:F3})");
            var isConclusive = noise <= MostRatio - 1;
            Say($"so the budget is {(!isConclusive ? $"neither shown nor missed: two builds of the same are up to {noise:P1} apart" : ratio <= MostRatio ? "kept" : "missed")}");
            return !isConclusive ? 2 : ratio <= MostRatio ? 0 : 1;
        }
        finally
        {
            Dotnet(root, "exec", Path.Combine(Roslyn(root), "VBCSCompiler.dll"), "-shutdown", "-pipename:" + server);
            Directory.Delete(root, recursive: true);
        }
    }

    private static List<double> Ratios(Dictionary<string, List<double>> times, string kind) =>
        [.. times[kind].Zip(times["without"], static (some, without) => some / without)];

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    // Of the server that the builds name; none runs before the first.
    private static double ProcessorTime(string server)
    {
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    if (IsServer(process.Id, server))
                        return process.TotalProcessorTime.TotalMilliseconds;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
                {
                    // It has ended since it was listed.
                }
            }
        }

        return 0;
    }

    private static bool IsServer(int process, string server) =>
        File.ReadAllText($"/proc/{process}/cmdline") is var line
        && line.Contains(server, StringComparison.Ordinal)
        && line.Contains("VBCSCompiler", StringComparison.Ordinal);

    private static void Write(string folder, bool isAnalyzed, int files)
    {
        foreach (var (path, text) in AnalyzedProject.Sources(files).Concat(AnalyzedProject.Settings()))
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        var analyzers = Path.Combine(Repository.Root, "analyzers", "Deployment.Toolkit.Analyzers.CodeFixes", "bin", Repository.Configuration, "netstandard2.0");
        var package = $"""
              <ItemGroup>
                <Analyzer Include="{analyzers}/Deployment.Toolkit.Analyzers.dll" />
                <Analyzer Include="{analyzers}/Deployment.Toolkit.Analyzers.CodeFixes.dll" />
              </ItemGroup>
              <Import Project="{Repository.Root}/src/Deployment.Toolkit/buildTransitive/Deployment.Toolkit.targets" />

            """;
        File.WriteAllText(Path.Combine(folder, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
            {(isAnalyzed ? package : "")}</Project>

            """);
    }

    // The bootstrap: what other series as long as this one, of builds like these, would have said.
    private static (double Low, double High) Interval(List<double> ratios, Random random)
    {
        var medians = Enumerable.Range(0, 2000).Select(_ => Quantile([.. ratios.Select(_ => ratios[random.Next(ratios.Count)])], 0.5)).ToList();
        return (Quantile(medians, 0.025), Quantile(medians, 0.975));
    }

    private static double Quantile(List<double> values, double quantile) => values.Order().ElementAt((int)(quantile * (values.Count - 1)));

    private static string Roslyn(string folder)
    {
        var sdk = Dotnet(folder, "msbuild", Path.Combine("with", "App.csproj"), "-getProperty:RoslynTargetsPath").Trim();
        return Path.Combine(sdk, "bincore");
    }

    private static string Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{errors.GetAwaiter().GetResult()}");
    }
}
