using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Settings.Effective;

/// <summary>
/// Where a value stands, for people: <c>appsettings.json:3:5</c>, <c>environment variable Content__MaxItems</c>, <c>command line
/// --Content:MaxItems</c>.
/// </summary>
internal readonly record struct ConfigurationPlace(string Text, string? File, int? Line, int? Column)
{
    internal static ConfigurationPlace Of(ConfigurationLayer layer, string key, int line, int column) =>
        layer.Kind switch
        {
            SourceKind.EnvironmentVariables => new($"environment variable {ProcessEnvironment.VariableOf(key)}", null, null, null),
            SourceKind.CommandLine => new($"command line --{key}", null, null, null),
            _ when line > 0 => new($"{layer.Source}:{line}:{column}", layer.Source, line, column),
            _ => new(layer.Source, null, null, null),
        };

    public override string ToString() => Text;
}
