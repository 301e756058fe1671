using System.Text.Json;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>What a compiler wrote into its log of errors.</summary>
internal static class Sarif
{
    /// <summary>The product's rules and the compiler's own complaints of analyzers, a line each: <c>file(line,column): level rule</c>.</summary>
    internal static string Read(string file, string folder)
    {
        using var log = JsonDocument.Parse(File.ReadAllText(file));
        var lines =
            from run in log.RootElement.GetProperty("runs").EnumerateArray()
            from result in run.GetProperty("results").EnumerateArray()
            let rule = result.GetProperty("ruleId").GetString()!
            where rule.StartsWith("DTK", StringComparison.Ordinal) || rule is "CS8032" or "CS9057" or "AD0001"
            select (Place: PlaceOf(result, folder), Text: $"{result.GetProperty("level").GetString()} {rule}");
        return string.Concat(lines
            .OrderBy(static line => line.Place.File, StringComparer.Ordinal).ThenBy(static line => line.Place.Line)
            .ThenBy(static line => line.Place.Column).ThenBy(static line => line.Text, StringComparer.Ordinal)
            .Select(static line => $"{line.Place.File}({line.Place.Line},{line.Place.Column}): {line.Text}\n"));
    }

    private static (string File, int Line, int Column) PlaceOf(JsonElement result, string folder)
    {
        if (!result.TryGetProperty("locations", out var locations) || locations.GetArrayLength() == 0) return ("", 0, 0);
        var place = locations[0].GetProperty("physicalLocation");
        var path = new Uri(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath;
        var region = place.GetProperty("region");
        return (Path.GetRelativePath(folder, path).Replace('\\', '/'), region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32());
    }
}
