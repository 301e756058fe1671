using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Benchmarks;

/// <summary>What an editor waits for after a keystroke in a settings file: all rules, over that file, with everything else as it was.</summary>
internal static class KeystrokeMeasure
{
    private const double MostMilliseconds = 10;
    private const int WarmUps = 20;

    internal static async Task<int> RunAsync(int keystrokes)
    {
        var analyzers = AnalyzerWorkMeasure.Analyzers();
        var compilation = AnalyzerWorkMeasure.Compilation(AnalyzerWorkMeasure.Parse());
        var files = AnalyzerWorkMeasure.Settings();
        var edited = AnalyzedProject.SettingsFile(3);
        var times = new List<double>();
        for (var i = -WarmUps; i < keystrokes; i++)
        {
            var text = edited.Replace("\"Port\": 8005", string.Create(CultureInfo.InvariantCulture, $"\"Prot\": {i + WarmUps}"), StringComparison.Ordinal);
            var file = new InMemoryText("/app/appsettings.Env3.json", text);
            var options = new AnalyzerOptions([.. files.Where(f => f.Path != file.Path), file]);
            var began = Stopwatch.GetTimestamp();
            var result = await compilation.WithAnalyzers(analyzers, options).GetAnalysisResultAsync(file, CancellationToken.None);
            if (i >= 0) times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (!result.GetAllDiagnostics().Any(static d => d.Id == "DTK1001")) throw new InvalidOperationException("The edit was not seen.");
        }

        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"keystroke in a settings file      {times[times.Count / 2],8:F1} ms (median of {keystrokes}, at most {MostMilliseconds}), at best {times[0]:F1}, half of them between {times[times.Count / 4]:F1} and {times[times.Count * 3 / 4]:F1}"));
        return times[times.Count / 2] <= MostMilliseconds ? 0 : 1;
    }
}
