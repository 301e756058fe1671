using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>
/// What the analyzers add to a build: <c>dotnet build --no-restore</c> of the same project with and without them, in turn, after an edit of
/// one file. The compiler runs in its server, as it does by default, in one of its own so that no other build's work is seen.
/// </summary>
internal static class AnalyzerBuildMeasure
{
    private const double MostMilliseconds = 150;
    private const int WarmUps = 3;

    internal static int Run(int pairs, bool usesServer, int files)
    {
        var root = Directory.CreateTempSubdirectory("dtk-bench-").FullName;
        var server = "dtk-bench-" + Guid.NewGuid().ToString("N");
        try
        {
            string[] kinds = ["without", "with"];
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
                foreach (var kind in order.Next(2) == 0 ? kinds : kinds.Reverse())
                {
                    var folder = Path.Combine(root, kind);
                    File.AppendAllText(Path.Combine(folder, "Program.cs"), string.Create(CultureInfo.InvariantCulture, $"// {round}\n"));
                    var began = Stopwatch.GetTimestamp();
                    Dotnet(folder, "build", "--no-restore", "-v", "q", "-nodeReuse:false", $"-p:UseSharedCompilation={usesServer}", "-p:SharedCompilationId=" + server);
                    if (round >= 0) times[kind].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            }

            var added = times["with"].Zip(times["without"], static (a, b) => a - b).ToList();
            var culture = CultureInfo.InvariantCulture;
            Console.WriteLine(string.Create(culture, $"build without the analyzers       {Quantile(times["without"], 0.5),8:F0} ms (median of {pairs}, {files} source files, server {(usesServer ? "on" : "off")})"));
            Console.WriteLine(string.Create(culture, $"build with them                   {Quantile(times["with"], 0.5),8:F0} ms: {Between(times, 0.5):+0;-0} ms between the medians, {Between(times, 0.25):+0;-0} between the lower quarters, {Between(times, 0):+0;-0} between the best"));
            Console.WriteLine(string.Create(culture, $"added in a pair                   {Quantile(added, 0.5),8:F0} ms (median, at most {MostMilliseconds}), half of the pairs between {Quantile(added, 0.25):F0} and {Quantile(added, 0.75):F0}"));
            var (low, high) = Interval(pairs, order, picked => Quantile([.. picked.Select(i => times["with"][i])], 0.5) - Quantile([.. picked.Select(i => times["without"][i])], 0.5));
            var (lowPair, highPair) = Interval(pairs, order, picked => Quantile([.. picked.Select(i => added[i])], 0.5));
            Console.WriteLine(string.Create(culture, $"so good are these figures         {low,8:F0} to {high:F0} ms between the medians, {lowPair:F0} to {highPair:F0} in a pair (95 of 100 series drawn anew from these pairs)"));
            return Quantile(added, 0.5) <= MostMilliseconds ? 0 : 1;
        }
        finally
        {
            if (usesServer) Dotnet(root, "exec", Path.Combine(Roslyn(root), "VBCSCompiler.dll"), "-shutdown", "-pipename:" + server);
            Directory.Delete(root, recursive: true);
        }
    }

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
    private static (double Low, double High) Interval(int pairs, Random random, Func<int[], double> figure)
    {
        var figures = Enumerable.Range(0, 2000).Select(_ => figure([.. Enumerable.Range(0, pairs).Select(_ => random.Next(pairs))])).ToList();
        return (Quantile(figures, 0.025), Quantile(figures, 0.975));
    }

    private static double Between(Dictionary<string, List<double>> times, double quantile) => Quantile(times["with"], quantile) - Quantile(times["without"], quantile);

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
